import type { Link } from '../model/finding.ts';

interface Effects {
  /** Links that it breaks in turn, one hop, and through them what those break. */
  breaks?: readonly Link[];
  /** Links where it shows, and goes no further: what was met on the way says nothing of what comes after. */
  showsAt?: readonly Link[];
}

/**
 * What a broken link does to others. Causes flow against the order of the page at times: a process that crashes makes its
 * pod not ready, which empties the endpoints, which makes the cluster IP refuse.
 *
 * Two faults that can be there side by side must not hide each other. So a link that is on the way of a packet breaks only
 * what a vantage point meets: readiness is asked by the kubelet on the pod's own node, past policies, rules and Services
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/#what-you-can-t-do-with-network-policies-at-least-not-yet),
 * and selectors, DNS servers and clients are set up by someone else.
 */
const EFFECTS: Record<Link, Effects> = {
  access: { breaks: ['service'] },
  namespace: { breaks: ['service'] },
  service: { breaks: ['name', 'headless-name', 'endpoints', 'cluster-ip'] },
  policy: { breaks: ['cluster-ip', 'hairpin'], showsAt: ['pod-address'] },
  'dns-policy': { breaks: ['dns-answer'] },
  'dns-server': { breaks: ['dns-answer'] },
  'dns-answer': { breaks: ['name', 'headless-name'] },
  client: { breaks: ['name', 'headless-name'] },
  name: {},
  'headless-name': {},
  creation: { breaks: ['endpoints'] },
  process: { breaks: ['readiness', 'listener', 'pod-address'] },
  spec: { breaks: ['endpoints', 'cluster-ip'] },
  // that nobody listens there is seen at the pod first
  'target-port': { breaks: ['endpoints', 'cluster-ip'], showsAt: ['listener', 'pod-address'] },
  'service-address': { breaks: ['endpoints', 'cluster-ip'], showsAt: ['forwarding'] },
  'traffic-policy': { breaks: ['cluster-ip'] },
  // the wrong pods, or addresses of none, do not answer either
  selection: { breaks: ['endpoints'], showsAt: ['listener', 'pod-address'] },
  listener: { breaks: ['readiness', 'cluster-ip', 'hairpin'] },
  'pod-address': { breaks: ['readiness', 'cluster-ip', 'hairpin'] },
  readiness: { breaks: ['endpoints'] },
  endpoints: { breaks: ['cluster-ip', 'headless-name', 'hairpin'] },
  'node-proxy': { breaks: ['node-rules'] },
  // rules carry the Service's packets, and those to the DNS Service as well
  'node-rules': { breaks: ['forwarding'] },
  'node-network': { breaks: ['forwarding'], showsAt: ['pod-address'] },
  forwarding: { breaks: ['cluster-ip', 'dns-answer', 'hairpin'] },
  'cluster-ip': {},
  // only seen from the backend itself, as the subject of the finding says
  hairpin: { breaks: ['cluster-ip'] },
};

export const LINKS = Object.keys(EFFECTS) as Link[];

/** All links that `link` breaks, directly or through others, and where they show; without itself. */
export function brokenBy(link: Link): ReadonlySet<Link> {
  const reached = new Set<Link>([link]);
  const shown = new Set<Link>();
  for (const each of reached) {
    for (const effect of EFFECTS[each].breaks ?? []) reached.add(effect);
    for (const effect of EFFECTS[each].showsAt ?? []) shown.add(effect);
  }
  return new Set([...reached, ...shown].filter((effect) => effect !== link));
}
