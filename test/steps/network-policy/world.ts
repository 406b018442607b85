/** Service shop/web, port 80 to 8080, with one backend on 10.244.0.5; clients front and batch beside it; CoreDNS. */
import type { NetworkPolicy } from '../../../src/model/kubernetes.ts';
import type { ProbeQuestion } from '../../../src/model/probe.ts';
import { networkPolicy } from '../../../src/steps/network-policy/networkPolicy.ts';
import { type Connections, factsOf, type World } from '../../support/facts.ts';
import type { FakeObject } from '../../support/fakeCluster.ts';
import { metaOf, pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';
import { HEALTHY_DNS, type Heard, hearing } from '../dns/world.ts';

const WEB = pod({ ip: '10.244.0.5', ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] });
const FRONT = pod({
  name: 'front-6c5d8b7f9-aaaaa',
  labels: { app: 'front' },
  ip: '10.244.0.7',
  deployment: 'front',
});
const BATCH = pod({
  name: 'batch-6c5d8b7f9-aaaaa',
  labels: { app: 'batch' },
  ip: '10.244.0.8',
  deployment: 'batch',
});
const PROBE = pod({
  name: 'probe',
  labels: { 'app.kubernetes.io/managed-by': 'svc-debug' },
  ip: '10.244.0.9',
  deployment: null,
});

export const policy = (
  name: string,
  spec: NetworkPolicy['spec'],
  inNamespace = 'shop',
): NetworkPolicy & FakeObject => ({
  kind: 'NetworkPolicy',
  metadata: metaOf({ name, namespace: inNamespace }),
  ...(spec && { spec }),
});

export const DENY_INGRESS = policy('deny', { podSelector: {}, policyTypes: ['Ingress'] });
export const DENY_EGRESS = policy('deny-egress', { podSelector: {}, policyTypes: ['Egress'] });
export const ALLOW_FRONT = policy('allow-front', {
  podSelector: { matchLabels: { app: 'web' } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'front' } } }], ports: [{ port: 8080, protocol: 'TCP' }] }],
});
export const ALLOW_DNS = policy('allow-dns', {
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [
    {
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
  ],
});

export const BASE: FakeObject[] = [
  service({
    ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
    spec: { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] },
  }),
  WEB,
  slice({ ports: [{ name: 'http', port: 8080, protocol: 'TCP' }], endpoints: [endpoint(WEB)] }),
  FRONT,
  BATCH,
  PROBE,
  ...['shop', 'kube-system'].map((name) => ({
    kind: 'Namespace',
    metadata: metaOf({ name, labels: { 'kubernetes.io/metadata.name': name } }),
  })),
  ...HEALTHY_DNS,
];

export const OPEN: Connections = { '10.244.0.5:8080': 'answered', '10.96.7.7:80': 'answered' };
export const SILENT: Connections = { '10.244.0.5:8080': 'silent', '10.96.7.7:80': 'silent' };
export const MUTE: Heard = { dns: { '*': 'timeout' }, lookups: { '*': 'bad-name' } };

export const FROM_PROBE = {
  id: 'probe/shop/node1',
  kind: 'probe',
  pod: 'probe',
  labels: { 'app.kubernetes.io/managed-by': 'svc-debug' },
} as const;
export const FROM_FRONT = {
  id: 'pod/shop/front',
  kind: 'pod',
  pod: 'front-6c5d8b7f9-aaaaa',
  labels: { app: 'front' },
} as const;
export const FROM_BATCH = {
  id: 'pod/shop/batch',
  kind: 'pod',
  pod: 'batch-6c5d8b7f9-aaaaa',
  labels: { app: 'batch' },
} as const;

interface Scene extends World {
  policies?: readonly FakeObject[];
  others?: readonly FakeObject[];
  heard?: Heard;
}

/** What the step says with these policies. Without `connections` nothing was asked. */
export function check({ policies = [], others = [], heard = {}, connections, ...world }: Scene) {
  const answer = hearing(heard);
  const asked = connections && {
    connections,
    answer: (q: ProbeQuestion) => (q.ask === 'connect' ? undefined : answer(q)),
  };
  return networkPolicy.check(
    factsOf({ objects: [...BASE, ...policies, ...others], vantage: FROM_PROBE, ...asked, ...world }),
  );
}
