/** What the rules of one node do with requests to the Service, read there and followed packet by packet. */
import { type Fact, known, mapFact, unknown, valueOr } from '../model/fact.ts';
import type { EndpointSlice, Pod, Service } from '../model/kubernetes.ts';
import { differenceOf } from '../model/proxyDifference.ts';
import { entriesOn, type RulesPlace } from '../model/proxyEntries.ts';
import type { EntryWay, ProxyMode } from '../model/proxyRules.ts';
import {
  chainNames,
  isComplete,
  masqueradesPods,
  modesIn,
  type NodeRules,
  type RulesOf,
  unmasqueraded,
  waysIn,
} from '../model/proxyWays.ts';
import type { Target } from '../model/target.ts';
import { clusterIPsOf, portsInScope } from './backends.ts';
import type { Question, World } from './facts.ts';
import type { Printed } from './nodeAccess.ts';
import { placeOn } from './nodePlace.ts';
import { selectedPods, theService } from './pods.ts';
import { modeOn, proxyConfig } from './proxyMode.ts';
import { RESOURCES } from './resources.ts';
import { readRules } from './ruleReading.ts';

export interface RulesReport {
  via: Printed['via'];
  pod?: string;
  /** In force, as far as is known. */
  mode: ProxyMode;
  /** Whose rules are there. */
  present: RulesOf[];
  ways: EntryWay[];
  /** Rules of other modes, with those of their ways that lead somewhere. */
  leftovers: { of: RulesOf; ways: EntryWay[] }[];
  /** Chains of kube-proxy that are there, of those whose names a port of the Service gives. */
  chains: string[];
  /** Endpoints on this node that cannot reach themselves. */
  unmasqueraded: string[];
  masqueradesPods: boolean;
  /** As the configuration has it. */
  clusterCIDR?: string;
  /** All rules of the mode in force were read. */
  complete: boolean;
}

/** Endpoints may have changed while rules were read, and kube-proxy writes a second later: what differs is read again. */
const SETTLE_MS = 2500;
const READINGS = 2;
/** A page size of its own for each reading: the answer is not the one that is remembered. */
const PAGE_SIZES = [499, 498];

export const rulesReport = (target: Target, node: string): Question<RulesReport> => ({
  key: `rules of ${target.namespace}/${target.service} on ${node}`,
  ask: async (world) => {
    let report: Fact<RulesReport> | undefined;
    for (let reading = 0; reading < READINGS; reading++) {
      if (reading > 0) await world.pause(SETTLE_MS);
      report = await readOnce(world, target, node, PAGE_SIZES[reading] ?? 497);
      if (!report.known || report.value.via === 'file' || agrees(report.value)) break;
    }
    return report ?? unknown({ kind: 'cancelled' });
  },
});

const agrees = ({ ways }: RulesReport): boolean => ways.every((way) => differenceOf(way) === undefined);

async function readOnce(world: World, target: Target, node: string, pageSize: number): Promise<Fact<RulesReport>> {
  const { facts } = world;
  const [service, pods, place, mode, config] = await Promise.all([
    theService(facts, target),
    facts.ask(selectedPods(target)),
    facts.ask(placeOn(node)),
    facts.ask(modeOn(node)),
    facts.ask(proxyConfig),
  ]);
  const clusterCIDR = valueOr(config, null)?.clusterCIDR;
  if (!service.known) return service;
  const families = new Set(clusterIPsOf(service.value.spec).map((ip) => (ip.includes(':') ? 'ip6' : 'ip')));
  const read = await readRules(world, node, { mode: valueOr(mode, undefined), ip6: families.has('ip6') });
  if (!read.known) return read;
  const slices = await freshSlices(world, target, pageSize);
  if (!slices.known) return slices;
  const items = valueOr(pods, { items: [] as Pod[] }).items;
  const here = valueOr(place, { name: node, addresses: [] });
  return known({
    via: read.value.via,
    ...(read.value.pod !== undefined && { pod: read.value.pod }),
    ...(clusterCIDR !== undefined && { clusterCIDR }),
    ...reported(read.value.rules, valueOr(mode, undefined), {
      target,
      service: service.value,
      slices: slices.value,
      pods: items,
      place: here,
    }),
  });
}

const freshSlices = async (
  { cluster }: World,
  { namespace, service }: Target,
  limit: number,
): Promise<Fact<EndpointSlice[]>> =>
  mapFact(
    await cluster.list<EndpointSlice>({
      ...RESOURCES.endpointSlices,
      namespace,
      labelSelector: `kubernetes.io/service-name=${service}`,
      limit,
    }),
    ({ items }) => items,
  );

interface Setting {
  target: Target;
  service: Service;
  slices: readonly EndpointSlice[];
  pods: readonly Pod[];
  place: RulesPlace;
}

function reported(rules: NodeRules, asked: ProxyMode | undefined, setting: Setting): Omit<RulesReport, 'via' | 'pod'> {
  const { target, service, slices, pods, place } = setting;
  const entries = entriesOn(service, portsInScope(service.spec?.ports, target), slices, place);
  const around = { isNode: (address: string) => place.addresses.includes(address) };
  const present = modesIn(rules);
  const inForce = asked ?? present.map(modeOf).find((mode) => mode !== undefined) ?? 'iptables';
  const source: RulesOf =
    inForce === 'iptables' && !present.includes('iptables') && present.includes('iptables-legacy')
      ? 'iptables-legacy'
      : inForce;
  const ways = waysIn(rules, source, entries, around);
  const podAddresses = pods.flatMap(({ spec, status }) => (spec?.hostNetwork ? [] : (status?.podIP ?? [])));
  const locals = pods.flatMap(({ spec, status }) =>
    spec?.nodeName === place.name && !spec.hostNetwork ? (status?.podIP ?? []) : [],
  );
  return {
    mode: inForce,
    present,
    ways,
    leftovers: present
      .filter((of) => of !== source)
      .map((of) => ({ of, ways: leading(waysIn(rules, of, entries, around)) })),
    chains: [...chainNames(rules)]
      .filter((name) => name.startsWith('KUBE-') || name.includes(`-${target.namespace}/${target.service}/`))
      .slice(0, 5000),
    unmasqueraded: unmasqueraded(rules, source, entries, locals, around),
    masqueradesPods: masqueradesPods(ways, [...podAddresses, ...(place.client === undefined ? [] : [place.client])]),
    complete: isComplete(rules, source),
  };
}

const modeOf = (of: RulesOf): ProxyMode | undefined =>
  of === 'userspace' ? undefined : of === 'iptables-legacy' ? 'iptables' : of;

const leading = (ways: readonly EntryWay[]): EntryWay[] =>
  ways.filter(({ way }) => way.fates.some(({ end }) => end === 'delivered'));
