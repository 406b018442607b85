import type { StepCatalogue } from '../catalogue.ts';
import { AGENTS, left, list, PRODUCTS } from './kubeProxyWords.ts';

/** What was seen of kube-proxy, and of its rules. */
export const kubeProxySeen: StepCatalogue<'kube-proxy'>['observations'] = {
  'kube-proxy.no-service': () => 'there is no Service to proxy',
  'kube-proxy.running': ({ node }) => `kube-proxy runs on ${node}`,
  'kube-proxy.log': ({ pod, line }) => `${pod} says: ${line}`,
  'kube-proxy.healthy': ({ node, lastSync }) =>
    `kube-proxy on ${node} calls itself healthy${lastSync ? `, last wrote rules at ${lastSync} UTC` : ''}`,
  'kube-proxy.unhealthy': ({ node, lastSync }) =>
    `kube-proxy on ${node} calls itself unhealthy${lastSync ? `: changes wait since ${lastSync} UTC` : ''}`,
  'kube-proxy.rules': ({ node, entries, others, endpoints }) =>
    `${node}: rules of ${list(entries)}${others > 0 ? ` and ${others} more addresses` : ''} lead to the ${endpoints} ready endpoints`,
  'kube-proxy.no-rule': ({ node, entry, chain, chainThere }) =>
    `${node}: no rule for ${entry} (${chain}${chainThere ? ' is there, unused' : ' is not there'})`,
  'kube-proxy.rule-leads-to': ({ node, entry, does, endpoints, lost }) =>
    `${node}: rules of ${entry} ${does === 'forward' ? `lead to ${list(endpoints) || 'nothing'}${lost > 0 ? `, and ${lost} % nowhere` : ''}` : `${does} the packet`}`,
  'kube-proxy.endpoints': ({ service }) => `the endpoints of ${service}, as the API server has them`,
  'kube-proxy.foreign-rule': ({ node, table, chain, rule }) => `${node}: ${table} ${chain}: ${rule}`,
  'kube-proxy.left-over': ({ node, left: of, endpoints }) => `${node}: rules of ${left(of)} lead to ${list(endpoints)}`,
  'kube-proxy.not-masqueraded': ({ node, endpoints }) => `${node}: not masqueraded to itself: ${list(endpoints)}`,
  'kube-proxy.masqueraded': ({ node, client }) => `${node}: requests of pod ${client} are masqueraded`,
  'kube-proxy.setting': ({ node, file, value }) => `${node}: ${file} ${value === '' ? 'is not there' : `is ${value}`}`,
  'kube-proxy.flows': ({ node, entry, flows, to }) => `${node}: ${flows} UDP flows of ${entry} lead to ${list(to)}`,
  'kube-proxy.forwards': ({ node }) => `the cluster IP reaches the pods from ${node}`,
  'kube-proxy.from-node': ({ node, port, answered, asked }) => `${port}: ${answered} of ${asked} answered from ${node}`,
  'kube-proxy.differs': ({ node, port, failed, asked, pods }) =>
    `from ${node}: ${failed} of ${asked} to ${port} of the cluster IP fail, all ${pods} pods answer`,
  'kube-proxy.replaced': ({ product }) =>
    `no kube-proxy here, Services are proxied by ${PRODUCTS[product] ?? product}: its pods, logs and rules are not looked for`,
  'kube-proxy.in-agent': ({ agent }) =>
    `kube-proxy is a part of ${AGENTS[agent] ?? agent} here: no pod to look at, its log is in the journal of the node`,
  'kube-proxy.static': () => 'kube-proxy is a static pod here: the kubelet of each node starts it from a file',
  'kube-proxy.not-here': () => 'no kube-proxy DaemonSet: built into the node agent, or managed by the provider',
  'kube-proxy.not-proxied': ({ why }) => `${why}: kube-proxy has no part in it`,
  'kube-proxy.by-node': ({ reached, unreached }) =>
    `pods on ${list(reached)} answer, on ${list(unreached)} they do not`,
};
