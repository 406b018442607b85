/** Service `web` with a pod on each of two nodes, and kube-proxy on both. */
import type { Pod } from '../../../src/model/kubernetes.ts';
import { kubeProxy } from '../../../src/steps/kube-proxy/kubeProxy.ts';
import { ago, factsOf, type World } from '../../support/facts.ts';
import { type Made, pod, service } from '../../support/objects.ts';
import { endpoint, slice } from '../../support/workloads.ts';
import { iptablesSave } from './rules.ts';

export const one = pod();
export const two = pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.1.6', node: 'node2' });
export const VIP = '10.96.0.10:80';
export const A = '10.244.0.5:8080';
export const B = '10.244.1.6:8080';
export const BOTH = [A, B];

type Status = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

export const running: Status = {
  name: 'kube-proxy',
  image: '',
  imageID: '',
  ready: true,
  restartCount: 0,
  state: { running: { startedAt: ago(999) } },
};

export const daemonSet = { kind: 'DaemonSet', metadata: { name: 'kube-proxy', namespace: 'kube-system' } };

export const proxy = (node: string, status: Status = running, like: Parameters<typeof pod>[0] = {}): Made<Pod> =>
  pod({
    name: `kube-proxy-${node}`,
    namespace: 'kube-system',
    node,
    labels: { 'k8s-app': 'kube-proxy' },
    owner: { kind: 'DaemonSet', name: 'kube-proxy' },
    spec: { containers: [{ name: 'kube-proxy', image: 'kube-proxy:1' }], hostNetwork: true },
    status: { containerStatuses: [status] },
    ...like,
  });

export const own = [service(), one, two, slice({ endpoints: [endpoint(one), endpoint(two)] })];
export const objects = [...own, daemonSet, proxy('node1'), proxy('node2')];

export const healthy = { [VIP]: 'answered', [A]: 'answered', [B]: 'answered' } as const;
export const broken = { [VIP]: 'silent', [A]: 'answered', [B]: 'answered' } as const;

export const check = (world: World) => kubeProxy.check(factsOf({ objects, ...world }));

/** Codes with their severity and node. */
export const found = async (world: World): Promise<string[]> =>
  (await check(world)).findings.map(({ code, severity, subject }) =>
    [severity, code.replace('kube-proxy/', ''), subject.node].filter(Boolean).join(' '),
  );

export const RIGHT = iptablesSave({ endpoints: BOTH });
const NO_TABLES = '{"nftables": [{"metainfo": {}}]}';

/** Rules of both nodes may be read, by exec; those of a node that is not told are right. */
export const looked = (
  rules: Partial<Record<'node1' | 'node2', string>>,
  connections: World['connections'] = healthy,
  more: World = {},
): World => ({
  ...(connections && { connections }),
  ...more,
  consent: { nodeChecks: true, ...more.consent },
  execs: {
    'kube-proxy-node1 iptables-save': rules.node1 ?? RIGHT,
    'kube-proxy-node2 iptables-save': rules.node2 ?? RIGHT,
    'kube-proxy-node1 nft': NO_TABLES,
    'kube-proxy-node2 nft': NO_TABLES,
    ...more.execs,
  },
});
