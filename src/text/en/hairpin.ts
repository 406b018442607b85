import type { StepCatalogue } from '../catalogue.ts';

export const hairpin: StepCatalogue<'hairpin'> = {
  findings: {
    'hairpin/fails': {
      says: ({ pod, port, failures, asked, backends }) =>
        `Pod ${pod} cannot reach itself through the Service: ${failures} of ${asked} connections to ${port} fail${backends > 1 ? `, those that lead back to it (1 in ${backends})` : ''}`,
      why: 'A packet that a pod sends to its own Service may lead back to the same pod. The network must send it back out of the port on which it came in (hairpin), and rewrite its source; where it does not, the pod waits for ever while every other client is well.',
      prove: 'kubectl exec in the backend: wget of the cluster IP times out; from any other pod it answers.',
      mend: "Set hairpinMode: true for the bridge plugin in /etc/cni/net.d on the nodes and make the pods anew. The kubelet's hairpin-mode flag that older pages name has had no effect since 1.24.",
      remedies: {
        'hairpin-mode': () =>
          'Set "hairpinMode": true in the CNI configuration of the nodes. On the node, this shows the flag of each port; on pods of the network plugin look here:',
      },
    },
  },
  observations: {
    'hairpin.reached': ({ pod, port, asked }) => `${pod} reaches itself on ${port}, ${asked} of ${asked} connections`,
    'hairpin.failed': ({ pod, port, failures, asked }) =>
      `${pod} to its own Service: ${failures} of ${asked} on ${port} fail`,
    'hairpin.cannot-tell': ({ pod, port, backends }) =>
      `${pod} got answers on ${port}, perhaps from one of the ${backends - 1} other pods: the answer does not say who spoke`,
    'hairpin.not-asked': () => 'not asked: the cluster IP fails for others as well',
    'hairpin.no-backend': () => 'no ready backend to ask from',
    'hairpin.no-cluster-ip': () => 'no cluster IP: pods are dialled directly',
  },
};
