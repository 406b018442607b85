import { access } from './access/access.ts';
import { dns } from './dns/dns.ts';
import { endpoints } from './endpoints/endpoints.ts';
import { exists } from './exists/exists.ts';
import { hairpin } from './hairpin/hairpin.ts';
import { ip } from './ip/ip.ts';
import { kubeProxy } from './kube-proxy/kubeProxy.ts';
import { networkPolicy } from './network-policy/networkPolicy.ts';
import { pods } from './pods/pods.ts';
import { spec } from './spec/spec.ts';
import type { Step } from './step.ts';

/** The checklist, in the order of the page. Written by hand: it is the product. */
export const STEPS: readonly Step[] = [
  access,
  exists,
  networkPolicy,
  dns,
  ip,
  spec,
  endpoints,
  pods,
  kubeProxy,
  hairpin,
];
