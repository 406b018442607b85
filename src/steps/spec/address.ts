/** A cluster IP that the cluster cannot keep: outside its service ranges, or given to another Service as well. */
import { eventsAbout, serviceRanges, servicesAt } from '../../facts/api.ts';
import { clusterIPsOf, portsInScope } from '../../facts/backends.ts';
import { kubectl } from '../../model/command.ts';
import { newestEvent } from '../../model/events.ts';
import { type Obstacle, valueOr } from '../../model/fact.ts';
import type { Finding } from '../../model/finding.ts';
import type { Event, Service } from '../../model/kubernetes.ts';
import { cidrContains } from '../../model/networkPolicy/ipBlock.ts';
import { heardBackends, type Inspection } from './inspection.ts';

/** What is wrong, and what could not be looked at. */
export interface Whole {
  findings: Finding[];
  obstacles: Obstacle[];
}

const NOTHING: Whole = { findings: [], obstacles: [] };

/** Looked at only where nothing else is: the pods answer, and the address does not. */
export async function clusterAddress(inspection: Inspection, served: boolean | undefined): Promise<Whole> {
  const { facts, service } = inspection;
  const addresses = clusterIPsOf(service.spec);
  if (addresses.length === 0 || served !== false) return NOTHING;
  const ports = portsInScope(service.spec?.ports, facts.target);
  const podsAnswer = ports.some((port) => heardBackends(inspection, port).some(({ reach }) => reach.answered > 0));
  if (!podsAnswer) return NOTHING;
  const { namespace, service: name } = facts.target;
  const about = valueOr(await facts.ask(eventsAbout(namespace, 'Service', name)), { items: [] as Event[] }).items;
  const own = about.filter(({ involvedObject: { uid } }) => !uid || uid === service.metadata?.uid);
  const twice = await shared(inspection, addresses, own);
  return { ...twice, findings: [...twice.findings, ...(await outOfRange(inspection, addresses, own))] };
}

/**
 * Two Services with one address, as after a restored backup: the rules of one of them win. The API server's repair loop
 * says so by an event. Source: pkg/registry/core/service/ipallocator/controller/repairip.go
 */
async function shared(
  { facts, service }: Inspection,
  addresses: readonly string[],
  events: readonly Event[],
): Promise<Whole> {
  const event = newestEvent(events, ['ClusterIPAlreadyAllocated']);
  const address = addresses.find((ip) => event?.message?.includes(ip)) ?? addresses[0] ?? '';
  const there = await facts.ask(servicesAt(address));
  const others = valueOr(there, { items: [] as Service[] }).items.filter(
    ({ metadata, spec }) => metadata?.uid !== service.metadata?.uid && clusterIPsOf(spec).includes(address),
  );
  // the event is kept for an hour; the other Service may be gone by now
  const isOne = others.length > 0 || (event && !(there.known && address === service.spec?.clusterIP));
  // older API servers cannot be asked so, and say that
  if (!isOne)
    return there.known || there.obstacle.kind === 'api-error' ? NOTHING : { ...NOTHING, obstacles: [there.obstacle] };
  const names = others.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
  const command = kubectl(undefined, 'get', 'services', '-A', '--field-selector', `spec.clusterIP=${address}`);
  const finding: Finding<'spec/address-shared'> = {
    code: 'spec/address-shared',
    severity: 'error',
    breaks: 'service-address',
    subject: {},
    params: { address, others: names },
    evidence: [{ what: 'spec.address-of', params: { address, services: names }, command }],
    remedies: [{ id: 'recreate', commands: [saveCommand(facts.target)] }],
  };
  return { findings: [finding], obstacles: [] };
}

const saveCommand = ({ namespace, service }: { namespace: string; service: string }) =>
  kubectl(namespace, 'get', 'service', service, '-o', 'yaml');

/** Left over from another range. kube-proxy carries it all the same, so that it is a suspicion. */
async function outOfRange(
  { facts }: Inspection,
  addresses: readonly string[],
  events: readonly Event[],
): Promise<Finding[]> {
  const read = await facts.ask(serviceRanges);
  const ranges = read.known ? read.value.items.flatMap((range) => range.spec?.cidrs ?? []) : [];
  const event = newestEvent(events, ['ClusterIPOutOfRange']);
  const outside = (ip: string) =>
    ranges.length > 0 ? ranges.every((range) => cidrContains(range, ip) === false) : event?.message?.includes(ip);
  const address = addresses.find(outside);
  if (address === undefined) return [];
  const command = kubectl(undefined, 'get', 'servicecidrs');
  return [
    {
      code: 'spec/address-out-of-range',
      severity: 'warning',
      breaks: 'service-address',
      subject: {},
      params: { address, ranges },
      evidence: ranges.length > 0 ? [{ what: 'spec.ranges', params: { ranges }, command }] : [],
      remedies: [{ id: 'recreate', commands: [saveCommand(facts.target)] }],
    },
  ];
}
