type OnNode = { node: string; pod: string };

declare module '../../model/finding.ts' {
  interface Findings {
    'kube-proxy/not-running': {
      params: { node: string; running: number; nodes: number };
      remedies: 'look-at-daemonset';
    };
    'kube-proxy/crash-loop': {
      params: OnNode & { restarts: number; line: string };
      remedies: 'read-logs' | 'look-at-config';
    };
    'kube-proxy/sync-failed': { params: OnNode & { line: string }; remedies: 'restart' | 'read-logs' };
    'kube-proxy/api-unreachable': { params: OnNode & { line: string }; remedies: 'look-at-config' };
    'kube-proxy/rules-missing': {
      params: OnNode & { ports: readonly string[]; chains: readonly string[]; mode: string };
      remedies: 'sync' | 'restart';
    };
    'kube-proxy/rules-stale': {
      params: OnNode & { port: string; surplus: readonly string[]; lacking: readonly string[]; does: string };
      remedies: 'sync' | 'restart';
    };
    /** The cluster IP fails from a node, and the pods behind it answer from the same place. */
    'kube-proxy/not-forwarding': {
      params: { node: string; port: string; failed: number; asked: number; pods: number };
      remedies: 'sync' | 'restart' | 'look-at-rules';
    };
    /** Pods of one node answer, those of another do not. */
    'kube-proxy/pod-network': {
      params: { from: string; reached: readonly string[]; unreached: readonly string[] };
      remedies: 'look-at-cni';
    };
  }
  interface Observations {
    'kube-proxy.running': OnNode;
    'kube-proxy.log': { pod: string; line: string };
    'kube-proxy.rules': { node: string; port: string; endpoints: number };
    'kube-proxy.no-rule': { node: string; port: string; chain: string };
    'kube-proxy.rule-leads-to': { node: string; port: string; does: string; endpoints: readonly string[] };
    'kube-proxy.forwards': { node: string };
    'kube-proxy.differs': { node: string; port: string; failed: number; asked: number; pods: number };
    'kube-proxy.replaced': { product: string };
    'kube-proxy.not-here': Record<string, never>;
    'kube-proxy.not-proxied': { why: string };
    'kube-proxy.by-node': { reached: readonly string[]; unreached: readonly string[] };
  }
}
