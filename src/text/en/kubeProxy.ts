import type { StepCatalogue } from '../catalogue.ts';
import { CORDON, LOOK_AT_CONFIG, LOUDER, RESTART, REWRITE, ROLL_BACK_CONFIG, SYNC } from './kubeProxyRemedies.ts';
import { kubeProxySeen } from './kubeProxySeen.ts';
import { left, list, part, saidSince } from './kubeProxyWords.ts';

export const kubeProxy: StepCatalogue<'kube-proxy'> = {
  findings: {
    'kube-proxy/not-running': {
      says: ({ node, running, nodes, deleted }) =>
        deleted
          ? `No kube-proxy runs on node ${node}, nor anywhere: its DaemonSet is gone`
          : `No kube-proxy runs on node ${node} (${running} of ${nodes} run elsewhere)`,
      why: 'Rules act on the node where a packet starts: without kube-proxy they go stale or are missing there.',
      prove: 'kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide has none that runs on the node.',
      mend: 'See why the DaemonSet places no pod there: node selector, taints, or image pull.',
      remedies: {
        'look-at-daemonset': () => 'See where it runs, and what it demands of a node',
        'make-again': () =>
          'Make its DaemonSet anew, on a control plane node where kubeadm made the cluster (its ConfigMap is written anew as well: keep a copy)',
        cordon: CORDON,
      },
    },
    'kube-proxy/crash-loop': {
      says: ({ node, pod, restarts, line }) =>
        `kube-proxy on node ${node} does not stay up (${pod}, ${restarts} restarts)${line ? `: ${line}` : ''}`,
      why: 'It writes no rules any more: Services made or changed since then do not work from that node.',
      prove: 'kubectl -n kube-system logs --previous of that pod: the last line says why.',
      mend: 'Correct what the line names, usually the ConfigMap kube-proxy, then delete the pod.',
      remedies: {
        'read-logs': () => 'Read its last words',
        'look-at-config': LOOK_AT_CONFIG,
        'roll-back-config': ROLL_BACK_CONFIG,
        'roll-back': () =>
          'Where the DaemonSet itself was changed: go back to its revision before (restarts all of them)',
      },
    },
    'kube-proxy/sync-failed': {
      says: ({ node, line, since, times }) =>
        `kube-proxy on node ${node} runs and cannot write its rules${saidSince(since, times)}: ${line}`,
      why: 'It is Running and Ready, and the rules stay as they were: what changed since then does not work.',
      prove: 'kubectl -n kube-system logs of that pod repeats the failure every 30 seconds.',
      mend: 'Mend what the line names: a missing library or kernel module, a lock held by another tool.',
      remedies: { 'read-logs': () => 'Read what it tries in vain', restart: RESTART, cordon: CORDON },
    },
    'kube-proxy/api-unreachable': {
      says: ({ node, line, since, times }) =>
        `kube-proxy on node ${node} cannot reach the API server${saidSince(since, times)}: ${line}`,
      why: 'Its rules are frozen: existing Services work, new and changed ones do not, and endpoints that moved are dead.',
      prove: 'kubectl -n kube-system logs of that pod repeats "Failed to watch".',
      mend: 'Check the server address, CA and network path of its kubeconfig; it must not be a cluster IP.',
      remedies: {
        'look-at-config': () => 'Check the server address in its kubeconfig',
        'roll-back-config': ROLL_BACK_CONFIG,
        restart: RESTART,
      },
    },
    'kube-proxy/api-denied': {
      says: ({ node, line, since, times }) =>
        `The API server refuses kube-proxy on node ${node}${saidSince(since, times)}: ${line}`,
      why: 'Its rules are frozen as if it could not reach the API server: what changed since then does not work.',
      prove: 'kubectl -n kube-system logs of that pod repeats "Unauthorized" or "is forbidden".',
      mend: 'Unauthorized: its token or certificate is bad, and a restart fetches a new one. Forbidden: it lost the role system:node-proxier.',
      remedies: {
        'bind-role': () => 'Bind the role again (grants just that role to its service account)',
        'look-at-config': () => 'Check the token or certificate in its kubeconfig',
        'roll-back-config': ROLL_BACK_CONFIG,
        restart: RESTART,
      },
    },
    'kube-proxy/node-unknown': {
      says: ({ node, line }) => `kube-proxy on node ${node} looks for a Node of another name: ${line}`,
      why: 'No endpoint is local to it: traffic policies of type Local drop everything on that node.',
      prove: 'Its flag --hostname-override, or the host name, differs from the name in kubectl get nodes.',
      mend: 'Let --hostname-override be the name of the Node object, as from spec.nodeName.',
      remedies: { 'look-at-arguments': () => 'See the name that it is given' },
    },
    'kube-proxy/mode-not-in-force': {
      says: ({ node, asked, runs }) =>
        `kube-proxy on node ${node} runs in mode ${runs}, its configuration asks for ${asked}`,
      why: 'A changed ConfigMap counts only once kube-proxy starts again; nodes that restart get the other mode.',
      prove: 'Its log says "Using ... Proxier"; the ConfigMap kube-proxy names another mode.',
      mend: 'Restart it everywhere, or take the change back.',
      remedies: {
        'restart-all': () =>
          'Restart it on one node after another; rules of the old mode may stay until a node is rebooted',
      },
    },
    'kube-proxy/rules-missing': {
      says: ({ node, entries, chains, chainsThere, mode }) =>
        `Node ${node} has no rules for ${list(entries)} of this Service (${mode}; ${chainsThere ? `chain ${list(chains)} is there, and nothing leads to it` : `expected chain ${list(chains)}`})`,
      why: 'Without a rule a packet to the cluster IP goes nowhere.',
      prove: 'iptables-save (or nft list table ip kube-proxy) on that node does not have the cluster IP.',
      mend: 'Make kube-proxy write its rules again and find out who removed them: a firewall reload as a rule.',
      remedies: { sync: SYNC, restart: RESTART, rewrite: REWRITE, ...LOUDER },
    },
    'kube-proxy/rules-stale': {
      says: ({ node, entry, surplus, lacking, does, lost }) =>
        `The rules of node ${node} for ${entry} are wrong${does === 'forward' ? '' : ` (they ${does})`}${surplus.length ? `; they lead to ${list(surplus)}, no endpoint any more` : ''}${lacking.length ? `; they lack ${list(lacking)}` : ''}${lost > 0 ? `; ${lost} % of connections are led nowhere` : ''}`,
      why: 'Requests from that node go to pods that are gone, get lost, or miss pods that are there.',
      prove: 'Compare the DNAT targets in iptables-save with kubectl get endpointslices.',
      mend: 'Make kube-proxy write its rules again, or restart it on that node; check that it reaches the API server.',
      remedies: { sync: SYNC, restart: RESTART, rewrite: REWRITE, ...LOUDER },
    },
    'kube-proxy/foreign-rule': {
      says: ({ node, entry, rule, table, chain, end, percent, certain }) =>
        `A rule on node ${node} that is not kube-proxy's ${certain ? 'has' : 'may have'} ${part(percent)} to ${entry} ${end}: ${table} ${chain}: ${rule}`,
      why: 'It comes before the rules of the Service, or behind them, and takes their packets.',
      prove: 'iptables-save or nft list ruleset on that node shows it; its packet counter grows with each try.',
      mend: 'Find out who wrote it (firewalld, a security agent, a script) and change it there: removed by hand it comes back.',
      remedies: {
        'remove-rule': () => 'Remove it now; whoever wrote it may write it again, and it may have had a reason',
        'look-at-rules': () => 'See it where it stands',
      },
    },
    'kube-proxy/mode-leftover': {
      says: ({ node, mode, left: of, surplus }) =>
        `Node ${node} still has rules of ${left(of)} beside those of ${mode}${surplus.length ? `, and they lead to ${list(surplus)}, no endpoint any more` : ''}`,
      why: 'Both rewrite the same packets, and whichever comes first wins: old rules go on leading to old endpoints.',
      prove: 'iptables-save has KUBE-SVC chains while nft list tables has kube-proxy (or the other way round).',
      mend: 'Restart kube-proxy on the node: at its start it removes what nftables mode left, or the others in nftables mode. Else reboot, or kube-proxy --cleanup.',
      remedies: {
        restart: () =>
          'Restart kube-proxy on that node: it removes rules of this other mode when it starts; connections that they lead live on',
        'clean-up': () =>
          'Removes the rules of all modes, those in force as well: restart kube-proxy on the node right after it',
      },
    },
    'kube-proxy/masquerade-missing': {
      says: ({ node, endpoints }) =>
        `Rules of node ${node} do not masquerade what ${list(endpoints)} sends to itself through the Service`,
      why: 'A pod that is led back to itself sees its own address as sender, and throws the packet away. Node ports fail in the same way.',
      prove:
        'iptables-save -t nat has no KUBE-MARK-MASQ in the chain of the endpoint, or no MASQUERADE in KUBE-POSTROUTING.',
      mend: 'Make kube-proxy write its rules again, and find out who removed that one.',
      remedies: { sync: SYNC, restart: RESTART, rewrite: REWRITE, ...LOUDER },
    },
    'kube-proxy/masquerades-pods': {
      says: ({ node, client, cidr }) =>
        `kube-proxy on node ${node} takes pod ${client} for a stranger and hides its address${cidr ? ` (clusterCIDR ${cidr})` : ''}`,
      why: 'Backends see the address of the node instead of the pod: NetworkPolicies that admit pods by label do not admit it.',
      prove:
        'The chain of the Service marks every source outside clusterCIDR for masquerading, and the pod is outside.',
      mend: 'Let clusterCIDR in the configuration of kube-proxy be the range that pods get their addresses from, and restart it.',
      remedies: { 'look-at-config': LOOK_AT_CONFIG },
    },
    'kube-proxy/bridge-netfilter-off': {
      says: ({ node, absent }) =>
        absent
          ? `Node ${node} has no br_netfilter: packets between its pods do not come past the rules`
          : `bridge-nf-call-iptables is off on node ${node}: packets between its pods do not come past the rules`,
      why: 'An answer between two pods of one bridge is bridged, and never rewritten back: the client hears from a stranger and drops it. Pods of other nodes are reached.',
      prove: 'cat /proc/sys/net/bridge/bridge-nf-call-iptables on that node says 0, or there is no such file.',
      mend: 'Load br_netfilter and switch it on, in /etc/modules-load.d and /etc/sysctl.d as well: a reboot forgets it.',
      remedies: {
        'switch-on': () => 'Switch it on now; packets of all bridges of the node come past its firewall then',
      },
    },
    'kube-proxy/ip-forward-off': {
      says: ({ node }) => `IP forwarding is off on node ${node}: it passes nothing on to or from its pods`,
      why: 'Whatever is not for the node itself is dropped, with all rules in place.',
      prove: 'sysctl net.ipv4.ip_forward on that node says 0.',
      mend: 'Switch it on, in /etc/sysctl.d as well; something resets it: another firewall, cloud-init, a virtual machine tool.',
      remedies: { 'switch-on': () => 'Switch it on now' },
    },
    'kube-proxy/conntrack-stale': {
      says: ({ node, entry, flows, to }) =>
        `Node ${node} holds ${flows} UDP ${flows === 1 ? 'client' : 'clients'} of ${entry} to ${list(to)}, no endpoint`,
      why: 'A UDP client that goes on sending from one port is led where it was led first, also when that pod is gone.',
      prove:
        'conntrack -L -p udp on that node shows entries for the cluster IP whose answers would come from no endpoint.',
      mend: 'Forget these entries; kube-proxy does it itself when endpoints change, unless it was down then.',
      remedies: { forget: () => 'Forget what the node remembers of them (clients notice a packet lost at most)' },
    },
    'kube-proxy/not-forwarding': {
      says: ({ node, port, failed, asked, pods, elsewhere }) =>
        `Node ${node} does not lead ${port} of the cluster IP to the pods: ${failed} of ${asked} connections fail, all ${pods} pods answer directly${elsewhere.length ? ` (${list(elsewhere)} answered)` : ''}`,
      why: 'DNS, endpoints and pods are well; the step between cluster IP and pod is not: kube-proxy, or what replaces it, on that node.',
      prove: 'From one pod: wget of the cluster IP fails, wget of each pod IP answers. From another node it may work.',
      mend: 'Look at kube-proxy and its rules on that node; make it write them again.',
      remedies: {
        sync: SYNC,
        restart: RESTART,
        'look-at-rules': () => 'Look at the rules of that node (or run this again with --node-checks yes)',
        'look-at-product': () => 'Ask what forwards Services there what it knows of this one',
        ...LOUDER,
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
  observations: kubeProxySeen,
};
