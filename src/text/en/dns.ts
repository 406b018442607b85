import type { StepCatalogue } from '../catalogue.ts';
import { NOT_FOUND, quoted, STATES, spoken, WHO, WRONG } from './dnsWords.ts';
import { orNone as list } from './words.ts';

export const dns: StepCatalogue<'dns'> = {
  findings: {
    'dns/no-dns-service': {
      says: ({ namespace, service }) => `The cluster has no DNS Service: ${service} is missing in ${namespace}`,
      why: 'Pods send their queries to the address of this Service. Without it no name resolves.',
      prove: 'kubectl get services --all-namespaces -l k8s-app=kube-dns lists none.',
      mend: "Restore the Service with the cluster IP that the pods have in /etc/resolv.conf (the kubelet's clusterDNS).",
      remedies: {
        'install-dns': () =>
          'Put the DNS add-on back, with the same cluster IP as before (kubeadm: kubeadm init phase addon coredns)',
      },
    },
    'dns/no-ready-dns-pods': {
      says: ({ service, state, pods, detail }) =>
        `The DNS Service ${service} has no ready pod: ${(STATES[state] ?? STATES['not-ready']!)(pods, detail)}`,
      why: 'Nobody answers queries for names, for the whole cluster.',
      prove: 'kubectl -n kube-system get pods -l k8s-app=kube-dns, and nslookup from any pod fails.',
      mend: 'Bring the DNS pods up: scale the Deployment, or mend what keeps them from being scheduled, started or ready.',
      remedies: {
        'scale-up': ({ detail }) => `Scale ${detail} up again`,
        'look-at-pods': () => 'See what holds the DNS pods back',
        'correct-selector': () => 'Let the Service select the DNS pods again',
      },
    },
    'dns/dns-pods-crash': {
      says: ({ pods, of, restarts, exit, line }) =>
        `${pods.length} of ${of} DNS pods crash again and again (${restarts} restarts, ${exit || 'exit code unknown'})${quoted(line)}`,
      why: 'A crashed DNS pod answers no queries; when all of them crash, no name resolves.',
      prove: 'kubectl -n kube-system get pods -l k8s-app=kube-dns shows restarts; logs --previous shows the end.',
      mend: 'Read the last lines of the log: memory limit, a port in use, a plugin that fails.',
      remedies: { 'look-at-pods': () => 'Read how the last run ended' },
    },
    'dns/corefile-invalid': {
      says: ({ line }) => `CoreDNS does not start, its Corefile is invalid: ${line}`,
      why: 'CoreDNS reads its configuration when it starts, and ends when it cannot.',
      prove: 'kubectl -n kube-system logs of a DNS pod prints the line that is wrong.',
      mend: 'Correct the ConfigMap coredns, then restart the Deployment.',
      remedies: { 'edit-corefile': () => 'Correct that line, then restart the DNS pods' },
    },
    'dns/corefile-loop': {
      says: () => 'CoreDNS forwards queries to itself, notices the loop and ends, again and again',
      why: "Its upstream (forward in the Corefile, or the nameserver of the node's resolv.conf) is a local resolver that asks CoreDNS again.",
      prove: 'kubectl -n kube-system logs --previous of a DNS pod shows "plugin/loop: Loop ... detected".',
      mend: "Forward to a real resolver, or point the kubelet's resolvConf at the file with the real ones (/run/systemd/resolve/resolv.conf). https://coredns.io/plugins/loop#troubleshooting",
      remedies: {
        'forward-elsewhere': () =>
          'In the Corefile, forward to a resolver that is not CoreDNS itself, then restart the DNS pods',
      },
    },
    'dns/zone-not-served': {
      says: ({ zone, served, answer, read }) =>
        `The DNS server does not serve the cluster's zone ${zone} (${spoken(answer)})${read ? `; the Corefile serves ${list(served)}` : ''}`,
      why: 'Names of Services live in one zone. Where the Corefile has no kubernetes plugin for it, no Service has a name.',
      prove: 'nslookup kubernetes.default.svc.ZONE. fails as well, for every pod.',
      mend: "Put `kubernetes ZONE in-addr.arpa ip6.arpa` back into the Corefile; or set the kubelets' clusterDomain to the zone that is served.",
      remedies: {
        'serve-zone': ({ zone }) => `Put kubernetes ${zone} back into the Corefile`,
        'align-domain': ({ zone, served }) =>
          `Pods look for ${zone}, the server has ${list(served)}: make the kubelets' clusterDomain and the Corefile agree`,
      },
    },
    'dns/server-failure': {
      says: ({ name, answer, upstream, line }) =>
        upstream
          ? `The DNS server reaches no server outside the cluster: ${name} gives ${spoken(answer)}${quoted(line)}`
          : `The DNS server fails at ${name} (${spoken(answer)})${quoted(line)}`,
      why: 'It answers, but cannot get the records: cluster names come from the API server, all others from the servers it forwards to.',
      prove: 'nslookup of the name from a pod; then the log of the DNS pods.',
      mend: 'Cluster names: let CoreDNS reach the API server and list Services and EndpointSlices (ClusterRole system:coredns). Others: mend the servers behind `forward`.',
      remedies: {
        'read-log': () => 'Read why it cannot: its log names the API server or the missing right',
        'mend-upstream': () => 'See where the Corefile forwards to, and whether the DNS pods reach it on port 53',
      },
    },
    'dns/no-answer': {
      says: ({ name, server, answer, who }) =>
        who === 'pod'
          ? `One DNS pod (${server}) gives ${spoken(answer)}; the others answer`
          : `${name} does not resolve: ${(WHO[who] ?? WHO.all!)(server, spoken(answer))}`,
      why: 'A query that is not answered ends as a timeout of several seconds, then as "bad address".',
      prove: "nslookup NAME SERVER, with the DNS Service's address and with the addresses of its pods.",
      mend: 'Where the pods answer and the Service does not, the proxy on the node is at fault. Where the pods are silent, look at them, at policies and at the pod network.',
      remedies: {
        'look-at-pods': () => 'Look at the DNS pods and where they run',
        'look-at-node-local': () => 'Look at the node-local-dns pod on this node',
        'send-to-53': () => 'Send port 53, UDP and TCP, to port 53 of the pods',
      },
    },
    'dns/wrong-nameserver': {
      says: ({ pod, nameservers, expected }) =>
        `${pod} asks ${nameservers[0] ?? 'no nameserver at all'}, which is not the cluster's DNS (${list(expected)})`,
      why: 'A resolver outside the cluster knows no Services.',
      prove: 'cat /etc/resolv.conf in the pod, and the cluster IP of the DNS Service.',
      mend: 'Set clusterDNS in the configuration of the kubelet on that node, restart it, then restart the pods: a pod keeps its resolv.conf.',
      remedies: {
        'set-cluster-dns': ({ expected }) =>
          `Set clusterDNS of the kubelet on this node to ${list(expected)} (this shows what it has), then restart the pods`,
        'set-dns-config': () => "Take the other nameservers out of the pod's dnsConfig",
      },
    },
    'dns/client-dns-policy': {
      says: ({ pod, policy, hostNetwork, nameservers }) =>
        hostNetwork && policy === 'ClusterFirst'
          ? `${pod} is on the node's network, where dnsPolicy ClusterFirst means Default: it asks ${list(nameservers)}, not the cluster's DNS`
          : `${pod} has dnsPolicy ${policy}: it asks ${list(nameservers)}, not the cluster's DNS`,
      why: 'dnsPolicy Default, in spite of its name not the default, takes the resolver of the node, which knows no Services. With None everything comes from dnsConfig.',
      prove: 'cat /etc/resolv.conf in the pod; kubectl get pod -o jsonpath={.spec.dnsPolicy}.',
      mend: 'dnsPolicy: ClusterFirst, and for pods with hostNetwork ClusterFirstWithHostNet.',
      remedies: {
        'set-dns-policy': ({ hostNetwork }) =>
          `Set dnsPolicy ${hostNetwork ? 'ClusterFirstWithHostNet' : 'ClusterFirst'} in the template of the pod; its pods are replaced`,
        'set-dns-config': () => "Name the cluster's DNS in dnsConfig",
      },
    },
    'dns/no-search-path': {
      says: ({ name, missing, search }) =>
        `${name} is not found: the search path lacks ${missing} (it has ${list(search)})`,
      why: 'A short name is completed from the search path of the pod. The full name works.',
      prove: 'cat /etc/resolv.conf in the pod: the line search.',
      mend: 'dnsPolicy ClusterFirst writes the search path; with None it must stand in dnsConfig.searches. Or use the full name.',
      remedies: {
        'set-dns-config': ({ missing }) => `Add ${missing} to the search path; the pods are replaced`,
        'use-full-name': ({ name, missing }) => `Or let the client ask for ${name}.${missing}`,
      },
    },
    'dns/low-ndots': {
      says: ({ name, ndots }) =>
        `${name} is not found: with ndots:${ndots} it counts as complete and is not searched for`,
      why: 'A name with at least ndots dots is asked for as it stands; musl (Alpine) then gives up.',
      prove: 'cat /etc/resolv.conf in the pod: the line options.',
      mend: 'ndots:5 as the kubelet writes it, or the full name in the client.',
      remedies: { 'set-dns-config': () => 'Set ndots to 5; the pods are replaced' },
    },
    'dns/wrong-answer': {
      says: ({ name, answered, expected, reason, detail }) =>
        `${name} leads to ${list(answered)}, not to ${list(expected)}: ${(WRONG[reason] ?? WRONG.other!)(detail)}`,
      why: 'Requests by name go somewhere else than to the Service.',
      prove: 'nslookup the full name with a trailing dot, and compare with kubectl get service.',
      mend: 'Answers are cached for up to 30 seconds. Beyond that: hostAliases of the pod, a wildcard in a search domain, rewrite or hosts in the Corefile.',
      remedies: {
        wait: () => 'Ask again in half a minute; clients that keep addresses must be restarted',
        'remove-host-alias': () => 'Take the name out of hostAliases of the pod',
        'edit-corefile': () => 'Take those lines out of the Corefile',
        'use-full-name': () => 'Let the client ask for the full name with a trailing dot',
      },
    },
    'dns/name-not-found': {
      says: ({ name, answer, reason, detail }) =>
        `${name} does not resolve (${spoken(answer)}): ${(NOT_FOUND[reason] ?? NOT_FOUND.other!)(detail)}`,
      why: 'The DNS server works, and does not know this name.',
      prove: 'nslookup of the full name with a trailing dot, beside kubernetes.default.svc.cluster.local.',
      mend: 'A headless Service has a name only while a pod is ready (or with publishNotReadyAddresses). A new one may take half a minute.',
      remedies: {
        wait: () => 'Ask again in half a minute',
        'edit-corefile': () => 'Let the kubernetes plugin serve this namespace as well',
      },
    },
    'dns/external-name-unresolved': {
      says: ({ name, target, answer }) =>
        `${name} stands for ${target}, and that name does not resolve (${spoken(answer)})`,
      why: 'A Service of type ExternalName is only another word for a name outside.',
      prove: 'nslookup the target with a trailing dot, from a pod.',
      mend: 'Correct spec.externalName, or create the name that it refers to.',
      remedies: { 'correct-external-name': () => 'Correct spec.externalName' },
    },
    'dns/external-name-is-ip': {
      says: ({ name, address }) => `${name} is an ExternalName with an address (${address}): it must be a name`,
      why: 'DNS makes an alias of it, and an alias leads to a name. With an address the name does not resolve.',
      prove: 'nslookup the full name with a trailing dot: NXDOMAIN.',
      mend: 'A Service without selector, and an EndpointSlice with that address.',
      remedies: {
        'service-without-selector': ({ address }) =>
          `Make it a Service without selector, with an EndpointSlice that holds ${address}`,
      },
    },
  },
  observations: {
    'dns.nothing-to-resolve': ({ namespace, service }) =>
      `there is no Service ${service} in ${namespace} whose name could resolve`,
    'dns.names-resolve': ({ names, addresses, server }) =>
      `${list(names)} and the full name -> ${list(addresses)}${server ? `, says ${server}` : ''}`,
    'dns.resolves': ({ name, addresses, server }) => `${name} -> ${list(addresses)}${server ? ` (${server})` : ''}`,
    'dns.fails': ({ name, answer, server }) => `${name}: ${spoken(answer)}${server ? ` (${server})` : ''}`,
    'dns.resolv-conf': ({ nameservers, search, ndots }) =>
      `resolv.conf: nameserver ${list(nameservers)}; search ${list(search)}; ndots ${ndots}`,
    'dns.servers': ({ address, ready, pods }) => `DNS Service ${address}: ${ready} ready of ${pods} pods`,
    'dns.no-service': ({ namespace, service }) => `${namespace}/${service} does not exist`,
    'dns.pod': ({ pod, state, restarts }) => `${pod}: ${state}${restarts > 0 ? `, ${restarts} restarts` : ''}`,
    'dns.log': ({ pod, line }) => `${pod} logs: ${line}`,
    'dns.corefile': ({ zones }) => `the Corefile serves ${list(zones)}`,
    'dns.client-pod': ({ pod, policy, hostNetwork }) =>
      `${pod}: dnsPolicy ${policy}${hostNetwork ? ', hostNetwork' : ''}`,
    'dns.truncated': ({ message }) => `the kubelet left something out of resolv.conf: ${message}`,
    'dns.expected': ({ addresses }) => `the Service has ${list(addresses)}`,
  },
};
