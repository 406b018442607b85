import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../../src/model/kubernetes.ts';
import type { ServedConnection } from '../../../src/model/networkPolicy/hint.ts';
import { hints, printPort } from '../../../src/model/networkPolicy/hints.ts';
import { connection, fromWeb, ingress, policy } from './connection.ts';

const ref = { direction: 'ingress', namespace: 'shop', policy: 'p' };

describe('hints about rules and ports', () => {
  const rows: [string, NetworkPolicy, Partial<ServedConnection>, object[]][] = [
    ['nothing to say where it is allowed', ingress({}), {}, []],
    ['deny all, as meant', policy('p', { podSelector: {} }), {}, [{ kind: 'no-rules', ...ref, forgotten: false }]],
    [
      'Egress in policyTypes, and no egress rules',
      policy('p', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}] }),
      {},
      [{ kind: 'no-rules', ...ref, direction: 'egress', forgotten: true }],
    ],
    [
      'the port of the Service',
      ingress({ ports: [{ port: 443 }, { port: 80 }] }),
      {},
      [{ kind: 'service-port', ...ref, rule: 0, item: 1, servicePort: 80, podPort: 8080 }],
    ],
    [
      'a range around the port of the Service',
      ingress({ ports: [{ port: 1, endPort: 100 }] }),
      {},
      [{ kind: 'service-port', ...ref, rule: 0, item: 0, servicePort: 80, podPort: 8080 }],
    ],
    [
      'the port name of the Service',
      ingress({ ports: [{ port: 'main' }] }),
      {},
      [{ kind: 'service-port', ...ref, rule: 0, item: 0, servicePort: 'main', podPort: 8080 }],
    ],
    [
      'a name that no container declares',
      ingress({ ports: [{ port: 'web' }] }),
      {},
      [
        {
          kind: 'named-port-missing',
          ...ref,
          rule: 0,
          item: 0,
          name: 'web',
          protocol: 'TCP',
          otherProtocols: [],
          declared: ['http'],
        },
      ],
    ],
    [
      'a name that is declared with another protocol',
      ingress({ ports: [{ port: 'http', protocol: 'UDP' }] }),
      { protocol: 'UDP' },
      [
        {
          kind: 'named-port-missing',
          ...ref,
          rule: 0,
          item: 0,
          name: 'http',
          protocol: 'UDP',
          otherProtocols: ['TCP'],
          declared: ['http'],
        },
      ],
    ],
    [
      'another protocol',
      ingress({ ports: [{ port: 8080, protocol: 'UDP' }] }),
      {},
      [{ kind: 'protocol', ...ref, rule: 0, item: 0, listed: 'UDP', wanted: 'TCP' }],
    ],
    [
      'other ports altogether',
      ingress({ from: fromWeb, ports: [{ port: 5432 }, { port: 9000, endPort: 9100, protocol: 'UDP' }] }),
      {},
      [{ kind: 'port', ...ref, rule: 0, listed: ['5432/TCP', '9000-9100/UDP'], wanted: '8080/TCP' }],
    ],
  ];
  test.each(rows)('%s', (_name, one, more, expected) => {
    expect(hints(connection([one], more))).toEqual(expected);
  });
});

test('printPort', () => {
  expect([{ port: 80 }, { port: 'http', protocol: 'UDP' }, { protocol: 'SCTP' }, {}].map(printPort)).toEqual([
    '80/TCP',
    'http/UDP',
    'SCTP',
    'TCP',
  ]);
});
