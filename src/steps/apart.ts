import { slicesOf } from '../facts/api.ts';
import type { Facts } from '../facts/facts.ts';
import { meantPods } from '../facts/meant.ts';
import { printAge, secondsSince } from '../model/age.ts';
import { member, setsApart, zonesOf } from '../model/apart.ts';
import { kubectl } from '../model/command.ts';
import { valueOr } from '../model/fact.ts';
import type { Observation } from '../model/finding.ts';
import type { EndpointSlice, Pod } from '../model/kubernetes.ts';

/**
 * What the pods that fail share and none of those that serve has: node, zone, revision, image, IP family, labels, age.
 * By pod name; empty where nothing sets them apart. From pods and slices that were read already.
 */
export async function apart(facts: Facts, bad: readonly string[], good: readonly string[]): Promise<Observation[]> {
  const { target, now } = facts;
  const [pods, slices] = await Promise.all([facts.ask(meantPods(target)), facts.ask(slicesOf(target))]);
  const zones = zonesOf(valueOr(slices, { items: [] as EndpointSlice[] }).items);
  const items = valueOr(pods, { items: [] as Pod[] }).items;
  const members = (names: readonly string[]) =>
    items
      .filter(({ metadata }) => names.includes(metadata?.name ?? ''))
      .map((pod) => member(pod, zones, secondsSince(pod.metadata?.creationTimestamp, now)));
  const found = setsApart(members(bad), members(good));
  if (!found) return [];
  const { node = '', zone = '', revision = '', family = '', images, labels, ages } = found;
  const command = kubectl(target.namespace, 'get', 'pods', '-o', 'wide', '--show-labels');
  const old = ages ? [printAge(ages.own), printAge(ages.others)] : [];
  return [
    { what: 'pods.apart', params: { pods: bad, node, zone, revision, family, images, labels, ages: old }, command },
  ];
}
