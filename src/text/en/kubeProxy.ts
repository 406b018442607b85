import type { StepCatalogue } from '../catalogue.ts';

const list = (items: readonly string[]) => items.join(', ');
const SYNC = () => 'Make kube-proxy write its rules anew: any change of a Service does, such as a label (harmless)';
const RESTART = () => 'Restart kube-proxy on that node; existing connections live on';
const PRODUCTS: Record<string, string> = {
  cilium: 'Cilium (kubectl -n kube-system exec ds/cilium -- cilium-dbg service list)',
  'gke-dataplane-v2': 'GKE Dataplane V2 (kubectl -n kube-system exec ds/anetd -- cilium-dbg service list)',
  'kube-router': 'kube-router (on the node: ipvsadm -ln)',
  antrea: 'Antrea (kubectl -n kube-system exec ds/antrea-agent -c antrea-agent -- antctl get ovsflows)',
  'ovn-kubernetes': 'OVN-Kubernetes (ovn-nbctl lb-list in its database pod)',
};

export const kubeProxy: StepCatalogue<'kube-proxy'> = {
  findings: {
    'kube-proxy/not-running': {
      says: ({ node, running, nodes }) => `No kube-proxy runs on node ${node} (${running} of ${nodes} run elsewhere)`,
      why: 'Rules act on the node where a packet starts: without kube-proxy they go stale or are missing there.',
      prove: 'kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide has none that runs on the node.',
      mend: 'See why the DaemonSet places no pod there: node selector, taints, or image pull.',
      remedies: { 'look-at-daemonset': () => 'See where it runs, and what it demands of a node' },
    },
    'kube-proxy/crash-loop': {
      says: ({ node, pod, restarts, line }) =>
        `kube-proxy on node ${node} does not stay up (${pod}, ${restarts} restarts)${line ? `: ${line}` : ''}`,
      why: 'It writes no rules any more: Services made or changed since then do not work from that node.',
      prove: 'kubectl -n kube-system logs --previous of that pod: the last line says why.',
      mend: 'Correct what the line names, usually the ConfigMap kube-proxy, then delete the pod.',
      remedies: {
        'read-logs': () => 'Read its last words',
        'look-at-config': () => 'Check its configuration; roll it back if it was changed lately',
      },
    },
    'kube-proxy/sync-failed': {
      says: ({ node, line }) => `kube-proxy on node ${node} runs and cannot write its rules: ${line}`,
      why: 'It is Running and Ready, and the rules stay as they were: what changed since then does not work.',
      prove: 'kubectl -n kube-system logs of that pod repeats the failure every 30 seconds.',
      mend: 'Mend what the line names: a missing library or kernel module, a lock held by another tool.',
      remedies: { 'read-logs': () => 'Read what it tries in vain', restart: RESTART },
    },
    'kube-proxy/api-unreachable': {
      says: ({ node, line }) => `kube-proxy on node ${node} cannot reach the API server: ${line}`,
      why: 'It hears of no change any more: its rules stay as they were.',
      prove: 'kubectl -n kube-system logs of that pod shows "Failed to watch".',
      mend: 'Correct the server address or the credentials in its configuration, or its way to the API server.',
      remedies: { 'look-at-config': () => 'Check the server address in its kubeconfig' },
    },
    'kube-proxy/rules-missing': {
      says: ({ node, ports, chains, mode }) =>
        `Node ${node} has no rules for ${list(ports)} of this Service (${mode}; expected chain ${list(chains)})`,
      why: 'Without a rule a packet to the cluster IP goes nowhere.',
      prove: 'iptables-save (or nft list table ip kube-proxy) on that node does not have the cluster IP.',
      mend: 'Make kube-proxy write its rules again and find out who removed them: a firewall reload as a rule.',
      remedies: { sync: SYNC, restart: RESTART },
    },
    'kube-proxy/rules-stale': {
      says: ({ node, port, surplus, lacking, does }) =>
        `The rules of node ${node} for ${port} are out of date${does === 'forward' ? '' : ` (they ${does})`}${surplus.length ? `; they lead to ${list(surplus)}, no endpoint any more` : ''}${lacking.length ? `; they lack ${list(lacking)}` : ''}`,
      why: 'Requests from that node go to pods that are gone, or miss some that are there.',
      prove: 'Compare the DNAT targets in iptables-save with kubectl get endpointslices.',
      mend: 'Restart kube-proxy on that node; check that it reaches the API server.',
      remedies: { sync: SYNC, restart: RESTART },
    },
    'kube-proxy/not-forwarding': {
      says: ({ node, port, failed, asked, pods }) =>
        `Node ${node} does not lead ${port} of the cluster IP to the pods: ${failed} of ${asked} connections fail, all ${pods} pods answer directly`,
      why: 'DNS, endpoints and pods are well; the step between cluster IP and pod is not: kube-proxy, or what replaces it, on that node.',
      prove: 'From one pod: wget of the cluster IP fails, wget of each pod IP answers. From another node it may work.',
      mend: 'Look at kube-proxy and its rules on that node; make it write them again.',
      remedies: {
        sync: SYNC,
        restart: RESTART,
        'look-at-rules': () => 'Look at the rules of that node (or run this again with --node-checks yes)',
      },
    },
    'kube-proxy/pod-network': {
      says: ({ from, reached, unreached }) =>
        `From node ${from} the pods on ${list(reached)} answer and those on ${list(unreached)} do not: the pod network between the nodes is broken`,
      why: 'The Service leads to pods on every node; those behind the broken path are never reached.',
      prove: 'wget of pod IPs on the same node answers, on the other node it times out, in both directions.',
      mend: 'Look at the network plugin on both nodes; open its overlay port (VXLAN 8472 or 4789, Geneve 6081, WireGuard 51820) between them.',
      remedies: { 'look-at-cni': () => 'Look at the pods of the network plugin' },
    },
  },
  observations: {
    'kube-proxy.running': ({ node }) => `kube-proxy runs on ${node}`,
    'kube-proxy.log': ({ pod, line }) => `${pod} says: ${line}`,
    'kube-proxy.rules': ({ node, port, endpoints }) =>
      `${node}: rules of ${port} lead to the ${endpoints} ready endpoints`,
    'kube-proxy.no-rule': ({ node, port, chain }) => `${node}: no rule for ${port} (${chain})`,
    'kube-proxy.rule-leads-to': ({ node, port, does, endpoints }) =>
      `${node}: rules of ${port} ${does === 'forward' ? `lead to ${list(endpoints) || 'nothing'}` : `${does} the packet`}`,
    'kube-proxy.forwards': ({ node }) => `the cluster IP reaches the pods from ${node}`,
    'kube-proxy.differs': ({ node, port, failed, asked, pods }) =>
      `from ${node}: ${failed} of ${asked} to ${port} of the cluster IP fail, all ${pods} pods answer`,
    'kube-proxy.replaced': ({ product }) =>
      `no kube-proxy here, Services are proxied by ${PRODUCTS[product] ?? product}`,
    'kube-proxy.not-here': () => 'no kube-proxy DaemonSet: built into the node agent, or managed by the provider',
    'kube-proxy.not-proxied': ({ why }) => `${why}: kube-proxy has no part in it`,
    'kube-proxy.by-node': ({ reached, unreached }) =>
      `pods on ${list(reached)} answer, on ${list(unreached)} they do not`,
  },
};
