import { describe, expect, test } from 'vitest';
import { spec } from '../../../src/steps/spec/spec.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await spec.check(factsOf(world)));
const findingsOf = async (world: World) => (await check(world)).findings;

const declaring = (...ports: { name?: string; containerPort: number; protocol?: string }[]) => pod({ ports });
const aimedAt = (targetPort: number | string, more = {}) =>
  service({ ports: [{ port: 80, targetPort, protocol: 'TCP', ...more }] });
const inSlice = (one = pod(), port = 8080) =>
  slice({ ports: [{ name: '', port, protocol: 'TCP' }], endpoints: [endpoint(one)] });
const VIP = '10.96.0.10:80';
const POD = '10.244.0.5';

describe('protocol', () => {
  const udp = { protocol: 'UDP' };

  test('of a named port must fit: certain', async () => {
    expect(
      await findingsOf({ objects: [aimedAt('dns'), declaring({ name: 'dns', containerPort: 53, protocol: 'UDP' })] }),
    ).toMatchObject([
      {
        code: 'spec/protocol-mismatch',
        severity: 'error',
        params: { protocol: 'TCP', declared: 'UDP' },
        remedies: [{ id: 'set-protocol', patch: { body: [{}, { path: '/spec/ports/0/protocol', value: 'UDP' }] } }],
      },
    ]);
  });

  test.each([
    ['nothing was asked', undefined, 'warning'],
    ['it is refused', 'refused', 'error'],
    ['it is silent', 'silent', 'warning'],
  ] as const)('of a number that is declared for UDP only: %s', async (_, outcome, severity) => {
    const one = declaring({ containerPort: 8080, protocol: 'UDP' });
    const objects = [aimedAt(8080), one, inSlice(one)];
    const connections = outcome && { [`${POD}:8080`]: outcome, [VIP]: outcome };
    expect(await findingsOf({ objects, ...(connections && { connections }) })).toMatchObject([
      { code: 'spec/protocol-mismatch', severity },
    ]);
  });

  test('of a number does not matter once it answers', async () => {
    const one = declaring({ containerPort: 8080, protocol: 'UDP' });
    const connections = { [`${POD}:8080`]: 'answered', [VIP]: 'answered' } as const;
    expect(await findingsOf({ objects: [aimedAt(8080), one, inSlice(one)], connections })).toEqual([]);
  });

  test.each([
    ['nothing was asked', undefined, 'warning'],
    ['TCP answers there', 'answered', 'error'],
    ['TCP is refused there', 'refused', 'warning'],
  ] as const)('UDP at a number that is declared for TCP only: %s', async (_, outcome, severity) => {
    const objects = [
      aimedAt(8080, udp),
      pod(),
      slice({ ports: [{ name: '', port: 8080, protocol: 'UDP' }], endpoints: [endpoint(pod())] }),
    ];
    const connections = outcome && { connections: { [`${POD}:8080`]: outcome } };
    expect(await findingsOf({ objects, ...connections })).toMatchObject([
      { code: 'spec/protocol-mismatch', severity, subject: { port: '80/UDP' } },
    ]);
  });

  test.each(['UDP', 'SCTP'])('%s of a headless Service, whose pods answer over TCP: a warning', async (protocol) => {
    const headless = service({
      spec: { clusterIP: 'None', clusterIPs: ['None'] },
      ports: [{ port: 8080, targetPort: 8080, protocol }],
    });
    const behind = slice({ ports: [{ name: '', port: 8080, protocol }], endpoints: [endpoint(pod())] });
    const connections = { [`${POD}:8080`]: 'answered' } as const;
    expect(await findingsOf({ objects: [headless, pod(), behind], connections })).toMatchObject([
      { code: 'spec/protocol-mismatch', severity: 'warning', subject: { port: `8080/${protocol}` } },
    ]);
  });

  test('TCP and UDP on one number, of which the pods declare one: fine', async () => {
    const ports = [
      { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
    ];
    expect(
      await findingsOf({ objects: [service({ ports }), declaring({ containerPort: 53, protocol: 'TCP' })] }),
    ).toEqual([]);
  });
});
