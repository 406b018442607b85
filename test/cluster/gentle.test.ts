import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { askFrom } from '../../src/cluster/probeRun.ts';
import { firstQuestions, MOST_CONNECTIONS } from '../../src/facts/plan.ts';
import type { Service, ServicePort } from '../../src/model/kubernetes.ts';
import type { ProbeQuestion } from '../../src/model/probe.ts';
import { factsOf } from '../support/facts.ts';
import type { FakeObject } from '../support/fakeCluster.ts';
import { pod, service } from '../support/objects.ts';
import { HERE, has, localCluster } from './probeLocal.ts';

vi.setConfig({ testTimeout: 30_000 });

const SH = { name: 'sh', argv: ['/bin/sh'] };
let server: Server | undefined;
afterEach(() => server?.close());

/** A server that counts its clients and what they say. */
async function listener(onConnection: (socket: Socket) => void): Promise<number> {
  server = createServer(onConnection);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface Setting {
  port: Partial<ServicePort>;
  number: number;
  backends: number;
  image?: string;
}

/** The first questions about a Service whose cluster IP and backends are all on this machine, by their last number. */
async function planned({ port, number, backends, image = 'shop:1' }: Setting): Promise<ProbeQuestion[]> {
  const pods = Array.from({ length: backends }, (_, i) =>
    pod({
      name: `db-${i}`,
      ip: `127.0.1.${i + 1}`,
      spec: { containers: [{ name: 'c', image, ports: [{ containerPort: number }] }] },
    }),
  );
  const made: Service & { kind: string } = service({
    selector: { app: 'web' },
    ports: [{ port: number, targetPort: number, ...port }],
    spec: { clusterIP: '127.0.0.1', clusterIPs: ['127.0.0.1'] },
  });
  const slice = {
    kind: 'EndpointSlice',
    metadata: { name: 'web-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: port.name ?? '', port: number, protocol: 'TCP' }],
    endpoints: pods.map(({ metadata, status }) => ({
      addresses: [status?.podIP ?? ''],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', name: metadata?.name ?? '' },
    })),
  };
  const facts = factsOf({ objects: [made, slice, ...pods] as FakeObject[], connections: {} });
  return firstQuestions(facts, facts.probers[0]!);
}

const connects = (questions: readonly ProbeQuestion[]) =>
  questions.flatMap((one) => (one.ask === 'connect' ? [one] : []));

describe.skipIf(!has('bash') && !has('nc') && !has('curl'))('connections counted at a listener', () => {
  test.each<[string, Partial<ServicePort>, string | undefined, number]>([
    ['a database by its port name', { name: 'mysql' }, undefined, 1],
    ['a database by its image', {}, 'docker.io/bitnami/postgresql:16', 1],
    ['a broker by appProtocol', { appProtocol: 'amqp' }, undefined, 1],
    ['something else', { name: 'tcp-app' }, undefined, 3],
  ])('%s', async (_what, port, image, perBackend) => {
    const [clients, bytes] = [{ count: 0 }, { count: 0 }];
    const number = await listener((socket) => {
      clients.count++;
      socket.on('data', (data) => {
        bytes.count += data.length;
      });
      socket.on('error', () => undefined);
    });
    const questions = await planned({ port, number, backends: 1, ...(image !== undefined && { image }) });
    const [viaService, backend] = connects(questions);
    expect([viaService?.address, backend?.address]).toEqual(['127.0.0.1', '127.0.1.1']);
    const asked = [{ ...backend!, address: '127.0.0.1' }];
    expect(await askFrom(localCluster(SH), HERE, asked)).toMatchObject({ known: true });
    expect(clients.count).toBe(perBackend);
    expect(bytes.count).toBe(0);
  });

  test('of three database pods: one connection each, and one for each through the Service', async () => {
    const tries = connects(await planned({ port: { name: 'postgres' }, number: 7000, backends: 3 })).map(
      ({ tries }) => tries,
    );
    expect(tries).toEqual([3, 1, 1, 1]);
  });
});

test.skipIf(!has('bash'))(
  'a request is sent in one piece: who answers the first line may be gone before the others',
  async () => {
    const pieces: string[] = [];
    const port = await listener((socket) => {
      socket.once('data', (data) => {
        pieces.push(data.toString());
        socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      });
      socket.on('error', () => undefined);
    });
    const speak = { scheme: 'http', path: '/', host: 'web.shop' } as const;
    const answers = await askFrom(localCluster(SH), HERE, [
      { ask: 'connect', address: '127.0.0.1', port, tries: 5, speak },
    ]);
    expect(pieces).toHaveLength(5);
    expect(pieces.filter((piece) => !piece.endsWith('\r\n\r\n'))).toEqual([]);
    expect(answers).toMatchObject({
      known: true,
      value: { answers: [{ attempts: Array(5).fill({ outcome: 'answered', httpStatus: 404 }) }] },
    });
  },
);

test('however many ports there are, the connections of a batch have a limit, and every port is asked', async () => {
  const ports = Array.from({ length: 120 }, (_, i) => ({ name: `p-${i}`, port: 1000 + i, targetPort: 1000 + i }));
  const pods = Array.from({ length: 30 }, (_, i) => pod({ name: `web-${i}`, ip: `10.244.0.${i + 1}` }));
  const slice = {
    kind: 'EndpointSlice',
    metadata: { name: 'web-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: ports.map(({ name, port }) => ({ name, port, protocol: 'TCP' })),
    endpoints: pods.map(({ metadata, status }) => ({
      addresses: [status?.podIP ?? ''],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', name: metadata?.name ?? '' },
    })),
  };
  const facts = factsOf({ objects: [service({ ports }), slice, ...pods] as FakeObject[], connections: {} });
  const questions = connects(await firstQuestions(facts, facts.probers[0]!));
  const viaService = questions.filter(({ address }) => address === '10.96.0.10');
  expect(questions.reduce((sum, { tries }) => sum + tries, 0)).toBeLessThanOrEqual(MOST_CONNECTIONS);
  expect(viaService.map(({ port }) => port)).toEqual(ports.map(({ port }) => port));
});
