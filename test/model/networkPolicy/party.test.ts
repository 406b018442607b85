import { expect, test } from 'vitest';
import type { Pod } from '../../../src/model/kubernetes.ts';
import { podParty } from '../../../src/model/networkPolicy/party.ts';

test('podParty reads a pod', () => {
  const pod: Pod = {
    metadata: { namespace: 'shop', name: 'web-1', labels: { app: 'web' } },
    spec: {
      nodeName: 'n1',
      hostNetwork: true,
      containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 80 }] }],
    },
    status: { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] },
  };
  expect(podParty(pod)).toEqual({
    kind: 'pod',
    namespace: 'shop',
    name: 'web-1',
    labels: { app: 'web' },
    addresses: ['10.0.0.1', 'fd00::1'],
    hostNetwork: true,
    node: 'n1',
    ports: [{ container: 'c', name: 'http', containerPort: 80, protocol: 'TCP', sidecar: false }],
  });
});
