import type { Target } from '../model/target.ts';

/** The cluster's DNS Service as kubeadm, kind and most others name it. */
export const DNS_TARGET: Target = {
  namespace: 'kube-system',
  service: 'kube-dns',
  scheme: 'auto',
  forSeconds: 0,
};
