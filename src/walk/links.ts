import type { Link } from '../model/finding.ts';

/**
 * Which links a broken link breaks in turn, one hop. Causes flow against the order of the page at times:
 * a process that crashes makes its pod not ready, which empties the endpoints, which makes the cluster IP refuse.
 */
const BREAKS: Record<Link, readonly Link[]> = {
  access: ['service'],
  service: ['name', 'headless-name', 'selection', 'spec', 'cluster-ip'],
  policy: ['listener', 'cluster-ip', 'hairpin'],
  'dns-policy': ['dns-server', 'name', 'headless-name'],
  'dns-server': ['name', 'headless-name'],
  name: [],
  'headless-name': [],
  creation: ['selection'],
  process: ['readiness', 'listener'],
  // a targetPort that nobody listens on is seen at the pod first
  spec: ['listener', 'endpoints', 'cluster-ip'],
  // the wrong pods, or addresses of none, do not answer either
  selection: ['endpoints', 'listener'],
  listener: ['readiness', 'cluster-ip', 'hairpin'],
  readiness: ['endpoints'],
  endpoints: ['cluster-ip', 'headless-name', 'hairpin'],
  'node-proxy': ['node-rules'],
  // rules carry the Service's packets, and those to the DNS Service as well
  'node-rules': ['forwarding'],
  'node-network': ['forwarding', 'listener'],
  forwarding: ['cluster-ip', 'dns-server', 'name', 'headless-name', 'hairpin'],
  'cluster-ip': [],
  // only seen from the backend itself, as the subject of the finding says
  hairpin: ['cluster-ip'],
};

/** All links that `link` breaks, directly or through others; without itself. */
export function brokenBy(link: Link): ReadonlySet<Link> {
  const reached = new Set<Link>();
  const open: Link[] = [link];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const effect of BREAKS[next]) {
      if (effect === link || reached.has(effect)) continue;
      reached.add(effect);
      open.push(effect);
    }
  }
  return reached;
}
