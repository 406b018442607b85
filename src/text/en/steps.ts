import type { Catalogue } from '../catalogue.ts';

export const steps: Catalogue['steps'] = {
  access: { title: 'The cluster answers', anchor: '' },
  exists: { title: 'The Service exists', anchor: '#does-the-service-exist' },
  'network-policy': {
    title: 'No NetworkPolicy stands in the way',
    anchor: '#any-network-policy-ingress-rules-affecting-the-target-pods',
  },
  dns: { title: 'Its name resolves', anchor: '#does-the-service-work-by-dns-name' },
  ip: { title: 'It answers on its cluster IP', anchor: '#does-the-service-work-by-ip' },
  spec: { title: 'It is defined correctly', anchor: '#is-the-service-defined-correctly' },
  endpoints: { title: 'It selects pods', anchor: '#does-the-service-have-any-endpointslices' },
  pods: { title: 'The pods answer', anchor: '#are-the-pods-working' },
  'kube-proxy': { title: 'Its traffic is proxied on the nodes', anchor: '#is-the-kube-proxy-working' },
  hairpin: { title: 'A pod reaches itself through it', anchor: '#a-pod-fails-to-reach-itself-via-the-service-ip' },
};
