import type { StepCatalogue } from '../catalogue.ts';

const WHERE: Record<string, (node: string, link: string, bridge: string) => string> = {
  'port-off': (node, link, bridge) => `: port ${link || 'of the pod'} of bridge ${bridge} on ${node} has hairpin off`,
  promiscuous: (node, _link, bridge) =>
    `: bridge ${bridge} on ${node} is promiscuous, which is no substitute for hairpin`,
  routed: (node) => `: ${node} has no bridge for it, so the network plugin has to lead it back`,
};

/** A packet that leads back is lost; some connections get through with the next one, which may lead elsewhere. */
const met = (failures: number, slow: number, asked: number): string => {
  const parts = [
    ...(failures > 0 ? [`${failures} of ${asked} connections fail`] : []),
    ...(slow > 0 ? [`${slow} of ${asked}${failures > 0 ? '' : ' connections'} take a second or more`] : []),
  ];
  return parts.join(' and ');
};

export const hairpin: StepCatalogue<'hairpin'> = {
  findings: {
    'hairpin/fails': {
      says: ({ pod, port, failures, slow, asked, backends, because, node, link, bridge }) =>
        `Pod ${pod} cannot reach itself through the Service on ${port}: ${met(failures, slow, asked)}${backends > 1 ? `, those that lead back to it (1 in ${backends})` : ''}${WHERE[because]?.(node, link, bridge) ?? ''}`,
      why: 'A packet that a pod sends to its own Service may lead back to the same pod. The network must send it back out of the port on which it came in (hairpin), and rewrite its source; where it does not, the pod waits for ever while every other client is well.',
      prove: 'kubectl exec in the backend: wget of the cluster IP times out; from any other pod it answers.',
      mend: "Set hairpinMode: true for the bridge plugin in /etc/cni/net.d on the nodes and make the pods anew. The kubelet's hairpin-mode flag that older pages name has had no effect since 1.24.",
      remedies: {
        'port-on': () =>
          'Let the bridge send packets back on this port: helps at once, this pod only, and until it is made anew',
        'hairpin-mode': () =>
          'For good: "hairpinMode": true for the bridge plugin in the CNI configuration of every node, then make the pods anew (the kubelet\'s hairpin-mode flag does nothing since 1.24). Where it stands now:',
        'look-at-port': () =>
          'See whether hairpin is on for the port of the pod (or run this again with --node-checks yes)',
        'look-at-cni': () => 'Ask the network plugin: it leads pods to themselves, or it does not; these are its pods',
        'go-around': () =>
          'Or let the pod talk to itself on localhost, or to its peers by a headless Service: neither needs hairpin',
      },
    },
  },
  observations: {
    'hairpin.reached': ({ pod, port, asked, failures }) =>
      `${pod} reaches itself on ${port}, ${asked - failures} of ${asked} connections`,
    'hairpin.failed': ({ pod, port, failures, slow, asked }) =>
      `${pod} to its own Service on ${port}: ${met(failures, slow, asked)}, and it never answered itself`,
    'hairpin.cannot-tell': ({ pod, port, asked, failures, backends, anonymous }) =>
      `${pod}: ${asked - failures} of ${asked} on ${port} answered, ${anonymous ? `perhaps by the ${backends - 1} other pods: the answers do not say who spoke` : 'each of them by another pod'}`,
    'hairpin.port': ({ node, link, bridge, hairpin: on, promiscuous }) =>
      `${node}: hairpin is ${on ? 'on' : 'off'} for port ${link || 'of the pod'} of bridge ${bridge}${promiscuous ? ', which is promiscuous' : ''}`,
    'hairpin.routed': ({ node, link }) => `${node}: ${link || 'the link of the pod'} is no port of a bridge`,
    'hairpin.bridge-netfilter': ({ node, value }) =>
      `${node}: bridge-nf-call-iptables is ${value === 'absent' ? 'not there' : value}`,
    'hairpin.cni': ({ node, types, hairpinMode }) =>
      `${node}: CNI plugins ${types.join(', ')}; hairpinMode ${hairpinMode || 'is not set, which means false'}`,
    'hairpin.not-asked': () => 'not asked: it tells something only where the cluster IP answers others',
    'hairpin.no-service': () => 'there is no Service to ask',
    'hairpin.no-backend-itself': ({ client }) => `not asked: ${client} is no backend of the Service`,
    'hairpin.no-backend': () => 'no ready backend to ask from',
    'hairpin.no-cluster-ip': () => 'no cluster IP: pods are dialled directly',
  },
};
