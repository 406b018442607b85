import { spawn } from 'node:child_process';
import type { Protocol } from '../../src/model/kubernetes.ts';
import type { PodParty } from '../../src/model/networkPolicy/party.ts';
import type { World } from '../model/networkPolicy/world.ts';

const LIMIT_MS = 120_000;

/** Output of kubectl; throws with its own words when it fails. */
export function kubectl(args: readonly string[], stdin = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('kubectl', args, { signal: AbortSignal.timeout(LIMIT_MS) });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`kubectl ${args.join(' ')}: ${err}`))));
    child.stdin.end(stdin);
  });
}

/** Of the API server, as `v1.34.4`. */
export async function serverVersion(): Promise<string> {
  const { serverVersion } = JSON.parse(await kubectl(['version', '-o', 'json'])) as ServerVersion;
  return serverVersion.gitVersion;
}

interface ServerVersion {
  serverVersion: { gitVersion: string };
}

export const apply = (items: readonly object[]): Promise<string> =>
  kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

export const removeNamespaces = (names: readonly string[]): Promise<string> =>
  kubectl(['delete', 'namespace', '--ignore-not-found', '--wait', ...names]);

/** Makes the pods of a world, one after the other on each node, and gives it with the addresses that they got. */
export async function makePods(world: World, image: string): Promise<World> {
  const names = Object.keys(world.namespaces);
  await removeNamespaces(names);
  await apply(
    Object.entries(world.namespaces).map(([name, labels]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
  );
  const nodes = await schedulableNodes();
  await apply(world.pods.map((pod, i) => manifest(pod, image, nodes[i % nodes.length] ?? '')));
  for (const name of names)
    await kubectl(['-n', name, 'wait', 'pod', '--all', '--for=condition=Ready', '--timeout=90s']);
  const pods = await Promise.all(world.pods.map(async (pod) => ({ ...pod, addresses: [await addressOf(pod)] })));
  return { ...world, pods };
}

interface NodeList {
  items: { metadata: { name: string }; spec: { taints?: unknown[] } }[];
}

async function schedulableNodes(): Promise<string[]> {
  const { items } = JSON.parse(await kubectl(['get', 'nodes', '-o', 'json'])) as NodeList;
  return items.filter(({ spec }) => (spec.taints ?? []).length === 0).map(({ metadata }) => metadata.name);
}

const addressOf = ({ namespace, name = '' }: PodParty): Promise<string> =>
  kubectl(['-n', namespace, 'get', 'pod', name, '-o', 'jsonpath={.status.podIP}']);

/** netexec answers on TCP and UDP 8080, porter on the other ports. */
function manifest({ namespace, name, labels, ports = [] }: PodParty, image: string, nodeName: string): object {
  const declared = (mine: (port: number) => boolean) =>
    ports
      .filter(({ containerPort }) => mine(containerPort))
      .map((port) => ({ name: port.name, containerPort: port.containerPort, protocol: port.protocol }));
  const isNetexec = (port: number) => port === 8080;
  const common = { image, imagePullPolicy: 'IfNotPresent' };
  const env = [8081, 7001].map((port) => ({ name: `SERVE_PORT_${port}`, value: 'here' }));
  const netexec = {
    ...common,
    name: 'netexec',
    args: ['netexec', '--http-port=8080', '--udp-port=8080'],
    ports: declared(isNetexec),
  };
  const porter = { ...common, name: 'porter', args: ['porter'], env, ports: declared((port) => !isNetexec(port)) };
  const readinessProbe = { tcpSocket: { port: 8081 }, periodSeconds: 1 };
  const spec = { nodeName, terminationGracePeriodSeconds: 0, containers: [netexec, { ...porter, readinessProbe }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels }, spec };
}

interface Asked {
  client: PodParty;
  backend: PodParty;
  port: number;
  protocol: Protocol;
}

/** Whether each connection goes through; one exec for each client, its connections at once. */
export async function connects(questions: readonly Asked[]): Promise<boolean[]> {
  const went = new Array<boolean>(questions.length).fill(false);
  const clients = new Set(questions.map(({ client }) => client));
  await Promise.all(
    [...clients].map(async (client) => {
      const mine = [...questions.entries()].filter(([, question]) => question.client === client);
      for (const index of await ask(client, mine)) went[index] = true;
    }),
  );
  return went;
}

/** The indexes of the connections that went through. */
async function ask({ namespace, name = '' }: PodParty, questions: readonly [number, Asked][]): Promise<number[]> {
  const lines = questions.map(([index, { backend, port, protocol }]) => {
    const [address = ''] = backend.addresses;
    return `(/agnhost connect --timeout=2s --protocol=${protocol.toLowerCase()} ${address}:${port} 2>/dev/null && echo ${index}) &`;
  });
  const script = [...lines, 'wait'].join('\n');
  const out = await kubectl(['-n', namespace, 'exec', name, '-c', 'netexec', '--', 'sh', '-c', script]);
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}
