/** Rules and endpoints are right, and yet a node is not served: traffic policies, and load balancers without address. */
import { nodes as allNodes, eventsAbout } from '../../facts/api.ts';
import { backendsOf } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import { newestEvent } from '../../model/events.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Event, Node, Service, ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import type { Reach } from '../../model/reach.ts';

/**
 * With internalTrafficPolicy Local a node without a ready endpoint drops what is sent to the cluster IP.
 * https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/
 */
export async function localFinding(
  facts: Facts,
  service: Service,
  report: ProbeReport,
  port: ServicePort,
  reach: Reach,
  observation: Observation,
): Promise<Finding | undefined> {
  const { node } = report.vantage;
  if (service.spec?.internalTrafficPolicy !== 'Local' || reach.answered > 0 || node === undefined) return undefined;
  const key = portKey(port);
  const ready = valueOr(await facts.ask(backendsOf(facts.target)), []).filter(
    (b) => b.ready && b.ports[key] !== undefined,
  );
  const nodes = [...new Set(ready.flatMap((backend) => backend.node ?? []))].sort();
  if (nodes.length === 0 || nodes.includes(node)) return undefined;
  const { namespace, service: name } = facts.target;
  const patch = { spec: { internalTrafficPolicy: 'Cluster' } };
  return {
    code: 'ip/no-local-endpoint',
    severity: 'error',
    breaks: 'traffic-policy',
    subject: { port: key, node, from: report.vantage.id },
    params: { port: key, node, nodes },
    evidence: [
      observation,
      { what: 'ip.local-endpoints', params: { node, nodes }, command: slicesCommand(namespace, name) },
    ],
    remedies: [
      {
        id: 'cluster-policy',
        commands: [kubectl(namespace, 'patch', 'service', name, '--type=merge', '-p', JSON.stringify(patch))],
        patch: {
          target: { group: '', version: 'v1', plural: 'services', namespace, name },
          type: 'merge-patch+json',
          body: patch,
        },
      },
    ],
  };
}

/**
 * With externalTrafficPolicy Local a node without a ready endpoint drops what comes to its node port from outside.
 * By design, so that it is a note: load balancers ask healthCheckNodePort and leave such nodes out.
 */
export async function externalLocal(facts: Facts, { metadata, spec }: Service): Promise<Finding[]> {
  if (spec?.externalTrafficPolicy !== 'Local') return [];
  const [read, backends] = await Promise.all([facts.ask(allNodes), facts.ask(backendsOf(facts.target))]);
  const serving = new Set(valueOr(backends, []).flatMap(({ ready, node }) => (ready && node ? [node] : [])));
  const idle = valueOr<{ items: Node[] }, { items: Node[] }>(read, { items: [] })
    .items.flatMap((node) => node.metadata?.name ?? [])
    .filter((name) => !serving.has(name));
  if (idle.length === 0) return [];
  const patch = { spec: { externalTrafficPolicy: 'Cluster' } };
  const change = kubectl(
    metadata?.namespace,
    'patch',
    'service',
    metadata?.name ?? '',
    '--type=merge',
    '-p',
    JSON.stringify(patch),
  );
  return [
    {
      code: 'ip/node-port-no-local-endpoint',
      severity: 'info',
      breaks: 'cluster-ip',
      subject: {},
      params: { nodes: idle },
      evidence: [],
      remedies: [{ id: 'cluster-policy', commands: [change] }],
    },
  ];
}

const slicesCommand = (namespace: string, name: string) =>
  kubectl(namespace, 'get', 'endpointslices', '-l', `kubernetes.io/service-name=${name}`, '-o', 'wide');

/** A load balancer that nobody gave an address: who comes from outside finds nothing; inside the cluster all may be well. */
export async function loadBalancerPending(facts: Facts, { metadata, spec, status }: Service): Promise<Finding[]> {
  if (spec?.type !== 'LoadBalancer' || (status?.loadBalancer?.ingress ?? []).length > 0) return [];
  const { namespace, service: name } = facts.target;
  const look = kubectl(namespace, 'describe', 'service', name);
  const events = valueOr(await facts.ask(eventsAbout(namespace, 'Service', name)), { items: [] as Event[] }).items;
  const complaints = events.filter(
    ({ type, involvedObject: { uid } }) => type === 'Warning' && (!uid || uid === metadata?.uid),
  );
  const last = newestEvent(
    complaints,
    complaints.flatMap(({ reason }) => reason ?? []),
  );
  const params = { reason: last?.reason ?? '', message: last?.message ?? '' };
  return [
    {
      code: 'ip/load-balancer-pending',
      severity: 'warning',
      breaks: 'cluster-ip',
      subject: {},
      params: { type: spec.loadBalancerClass ?? '', message: params.message },
      evidence: last ? [{ what: 'ip.event', params, command: look }] : [],
      remedies: [{ id: 'look-at-events', commands: [look] }],
    },
  ];
}
