export const list = (items: readonly string[]): string => items.join(', ');

export const PRODUCTS: Record<string, string> = {
  cilium: 'Cilium',
  'gke-dataplane-v2': 'GKE Dataplane V2',
  'calico-ebpf': "Calico's eBPF data plane",
  'kube-router': 'kube-router',
  antrea: 'Antrea',
  'ovn-kubernetes': 'OVN-Kubernetes',
  windows: 'Windows (kernelspace mode)',
};

export const AGENTS: Record<string, string> = {
  k3s: 'k3s',
  microk8s: 'MicroK8s (kubelite)',
  'eks-auto': 'the nodes of EKS Auto Mode',
};

const MODES: Record<string, string> = {
  'iptables-legacy': "iptables' legacy back end",
  userspace: 'userspace mode, which went with Kubernetes 1.26',
};

/** A mode whose rules were left. */
export const left = (mode: string): string => MODES[mode] ?? mode;

/** A share of connections in percent. */
export const part = (percent: number): string => (percent >= 100 ? 'every connection' : `${percent} % of connections`);

/** How long, and how often. `since`: a time of day in UTC, '' where it is not known. */
export function saidSince(since: string, times: number): string {
  if (times < 2) return '';
  return since === '' ? ` (${times} times)` : ` (${times} times since ${since} UTC)`;
}
