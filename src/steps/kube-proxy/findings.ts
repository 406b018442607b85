import type { Louder } from './louder.ts';

type OnNode = { node: string; pod: string };
/** `line`: its deciding words. `since`: a time of day, '' where the log has none. */
type Says = OnNode & { line: string; since: string; times: number };

declare module '../../model/finding.ts' {
  interface Findings {
    'kube-proxy/not-running': {
      /** `deleted`: there is no DaemonSet of that name. */
      params: { node: string; running: number; nodes: number; deleted: boolean };
      remedies: 'look-at-daemonset' | 'make-again' | 'cordon';
    };
    'kube-proxy/crash-loop': {
      params: OnNode & { restarts: number; line: string };
      remedies: 'read-logs' | 'look-at-config' | 'roll-back-config' | 'roll-back';
    };
    'kube-proxy/sync-failed': { params: Says; remedies: 'restart' | 'read-logs' | 'cordon' };
    'kube-proxy/api-unreachable': { params: Says; remedies: 'look-at-config' | 'roll-back-config' | 'restart' };
    'kube-proxy/api-denied': {
      params: Says;
      remedies: 'bind-role' | 'look-at-config' | 'roll-back-config' | 'restart';
    };
    'kube-proxy/node-unknown': { params: Says; remedies: 'look-at-arguments' };
    'kube-proxy/mode-not-in-force': { params: OnNode & { asked: string; runs: string }; remedies: 'restart-all' };
    'kube-proxy/rules-missing': {
      params: OnNode & { entries: readonly string[]; chains: readonly string[]; chainsThere: boolean; mode: string };
      remedies: 'sync' | 'restart' | 'rewrite' | Louder['id'];
    };
    'kube-proxy/rules-stale': {
      params: OnNode & {
        entry: string;
        surplus: readonly string[];
        lacking: readonly string[];
        does: string;
        /** Percent of connections that are led nowhere. */
        lost: number;
      };
      remedies: 'sync' | 'restart' | 'rewrite' | Louder['id'];
    };
    'kube-proxy/foreign-rule': {
      params: OnNode & {
        entry: string;
        rule: string;
        table: string;
        chain: string;
        end: string;
        percent: number;
        certain: boolean;
      };
      remedies: 'remove-rule' | 'look-at-rules';
    };
    'kube-proxy/mode-leftover': {
      params: OnNode & { mode: string; left: string; surplus: readonly string[] };
      remedies: 'restart' | 'clean-up';
    };
    'kube-proxy/masquerade-missing': {
      params: OnNode & { endpoints: readonly string[] };
      remedies: 'sync' | 'restart' | 'rewrite' | Louder['id'];
    };
    /** kube-proxy takes pods for strangers: its cluster CIDR is wrong. */
    'kube-proxy/masquerades-pods': { params: OnNode & { cidr: string; client: string }; remedies: 'look-at-config' };
    'kube-proxy/bridge-netfilter-off': { params: { node: string; absent: boolean }; remedies: 'switch-on' };
    'kube-proxy/ip-forward-off': { params: { node: string }; remedies: 'switch-on' };
    /** UDP clients are held to an endpoint that is gone, by what the node remembers of them. */
    'kube-proxy/conntrack-stale': {
      params: OnNode & { entry: string; flows: number; to: readonly string[] };
      remedies: 'forget';
    };
    /** The cluster IP fails from a node, and the pods behind it answer from the same place. */
    'kube-proxy/not-forwarding': {
      params: { node: string; port: string; failed: number; asked: number; pods: number; elsewhere: readonly string[] };
      remedies: 'sync' | 'restart' | 'look-at-rules' | 'look-at-product' | Louder['id'];
    };
    /** Pods of one node answer, those of another do not. */
    'kube-proxy/pod-network': {
      params: { from: string; reached: readonly string[]; unreached: readonly string[] };
      remedies: 'look-at-cni';
    };
  }
  interface Observations {
    'kube-proxy.no-service': Record<string, never>;
    'kube-proxy.running': OnNode;
    'kube-proxy.log': { pod: string; line: string };
    'kube-proxy.healthy': { node: string; lastSync: string };
    'kube-proxy.unhealthy': { node: string; lastSync: string };
    'kube-proxy.rules': { node: string; entries: readonly string[]; others: number; endpoints: number };
    'kube-proxy.no-rule': { node: string; entry: string; chain: string; chainThere: boolean };
    'kube-proxy.rule-leads-to': {
      node: string;
      entry: string;
      does: string;
      endpoints: readonly string[];
      lost: number;
    };
    'kube-proxy.foreign-rule': { node: string; table: string; chain: string; rule: string };
    'kube-proxy.left-over': { node: string; left: string; endpoints: readonly string[] };
    'kube-proxy.not-masqueraded': { node: string; endpoints: readonly string[] };
    'kube-proxy.masqueraded': { node: string; client: string };
    'kube-proxy.setting': { node: string; file: string; value: string };
    'kube-proxy.flows': { node: string; entry: string; flows: number; to: readonly string[] };
    'kube-proxy.endpoints': { service: string };
    'kube-proxy.forwards': { node: string };
    'kube-proxy.from-node': { node: string; port: string; answered: number; asked: number };
    'kube-proxy.differs': { node: string; port: string; failed: number; asked: number; pods: number };
    'kube-proxy.replaced': { product: string };
    'kube-proxy.in-agent': { agent: string };
    'kube-proxy.static': Record<string, never>;
    'kube-proxy.not-here': Record<string, never>;
    'kube-proxy.not-proxied': { why: string };
    'kube-proxy.by-node': { reached: readonly string[]; unreached: readonly string[] };
  }
}
