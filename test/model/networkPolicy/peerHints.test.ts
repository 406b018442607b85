import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../../src/model/kubernetes.ts';
import type { ServedConnection } from '../../../src/model/networkPolicy/hint.ts';
import { hints } from '../../../src/model/networkPolicy/hints.ts';
import { connection, egress, elsewhere, fromWeb, ingress } from './connection.ts';

const ref = { direction: 'ingress', namespace: 'shop', policy: 'p' };

describe('hints about peers', () => {
  const rows: [string, NetworkPolicy, Partial<ServedConnection>, object[]][] = [
    [
      'a podSelector alone, and a client elsewhere',
      ingress({ from: fromWeb }),
      elsewhere,
      [{ kind: 'own-namespace-only', ...ref, rule: 0, item: 0, inNamespace: 'ops' }],
    ],
    [
      'a namespace without the label',
      ingress({ from: [{ namespaceSelector: { matchLabels: { name: 'ops' } } }] }),
      elsewhere,
      [
        {
          kind: 'namespace-label',
          ...ref,
          rule: 0,
          item: 0,
          inNamespace: 'ops',
          unmet: [{ key: 'name', operator: 'In', values: ['ops'] }],
          combined: false,
        },
      ],
    ],
    [
      'AND: the pod fits, its namespace does not',
      ingress({ from: [{ namespaceSelector: { matchLabels: { team: 'red' } }, ...fromWeb[0] }] }),
      elsewhere,
      [
        {
          kind: 'namespace-label',
          ...ref,
          rule: 0,
          item: 0,
          inNamespace: 'ops',
          unmet: [{ key: 'team', operator: 'In', values: ['red'], found: 'blue' }],
          combined: true,
        },
      ],
    ],
    [
      'AND: the namespace fits, the pod does not',
      ingress({
        from: [{ namespaceSelector: { matchLabels: { team: 'blue' } }, podSelector: { matchLabels: { app: 'api' } } }],
      }),
      elsewhere,
      [
        {
          kind: 'pod-label',
          ...ref,
          rule: 0,
          item: 0,
          unmet: [{ key: 'app', operator: 'In', values: ['api'], found: 'web' }],
          combined: true,
        },
      ],
    ],
    [
      'the labels of the namespace are not known: only its name can be wrong',
      ingress({
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'dev', team: 'red' } } }],
      }),
      { ...elsewhere, namespaces: {} },
      [
        {
          kind: 'namespace-label',
          ...ref,
          rule: 0,
          item: 0,
          inNamespace: 'ops',
          unmet: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['dev'], found: 'ops' }],
          combined: false,
        },
      ],
    ],
    [
      'other labels',
      ingress({ from: [{ podSelector: { matchLabels: { app: 'api' } } }] }),
      {},
      [
        {
          kind: 'pod-label',
          ...ref,
          rule: 0,
          item: 0,
          unmet: [{ key: 'app', operator: 'In', values: ['api'], found: 'web' }],
          combined: false,
        },
      ],
    ],
    [
      'an exception of an ipBlock',
      ingress({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/24'] } }] }),
      {},
      [{ kind: 'ip-block-except', ...ref, rule: 0, item: 0, address: '10.0.0.9', except: '10.0.0.0/24' }],
    ],
    [
      'egress to the cluster IP',
      egress({ to: [{ ipBlock: { cidr: '10.96.0.7/32' } }] }),
      {},
      [{ kind: 'ip-block-cluster-ip', ...ref, direction: 'egress', rule: 0, item: 0, clusterIP: '10.96.0.7' }],
    ],
    [
      'peer and port both differ: not near',
      ingress({ from: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 1 }] }),
      {},
      [],
    ],
    [
      'namespace and pod both differ: not near',
      ingress({
        from: [{ namespaceSelector: { matchLabels: { team: 'x' } }, podSelector: { matchLabels: { app: 'api' } } }],
      }),
      elsewhere,
      [],
    ],
  ];
  test.each(rows)('%s', (_name, one, more, expected) => {
    expect(hints(connection([one], more))).toEqual(expected);
  });
});
