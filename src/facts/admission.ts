import type { Obstacle } from '../model/fact.ts';
import type { ServicePort } from '../model/kubernetes.ts';
import type { PodParty } from '../model/networkPolicy/party.ts';
import { portKey } from '../model/ports.ts';
import { heardDns } from './dnsHeard.ts';
import { dnsIngress, dnsServersOf, podsLetInByDns, podsWithDns, udpEgress } from './dnsPolicies.ts';
import type { Facts } from './facts.ts';
import { isClient, judge, policyScene } from './policies.ts';
import { otherPods } from './policyOthers.ts';
import type { ProbeReport } from './probe.ts';

const unheard = (what: string): Obstacle => ({
  kind: 'not-applicable',
  reason: `NetworkPolicies let others through to ${what}, but not the probe: its silence proves nothing`,
});

/**
 * Why silence means nothing: NetworkPolicies admit other pods to the port, but not this probe.
 * Undefined where the vantage point is admitted, where nobody is, or where it is the suffering client itself.
 */
export async function deniedToProbe(
  facts: Facts,
  report: ProbeReport,
  port: ServicePort,
): Promise<Obstacle | undefined> {
  if (report.vantage.kind === 'pod' && isClient(report)) return undefined;
  const scene = await policyScene(facts, report.vantage);
  if (!scene.known || scene.value.policies.length === 0) return undefined;
  const { client, standIn } = scene.value;
  const isDenied = (party: PodParty | undefined) =>
    party !== undefined && judge(scene.value, party, port).some(({ verdict }) => verdict.allowed === false);
  const what = `port ${portKey(port)}`;
  if (standIn) return isDenied(standIn) && !isDenied(client) ? unheard(what) : undefined;
  if (!isDenied(client)) return undefined;
  const { admitted, unsure } = await otherPods(facts, scene.value, port);
  return admitted.length > 0 || unsure ? unheard(what) : undefined;
}

/**
 * Whether policies keep a backend from another one: what it asks of its own Service is then lost as soon as it is led
 * there, and says nothing about its way to itself.
 */
export async function keptFromOthers(facts: Facts, { vantage }: ProbeReport, port: ServicePort): Promise<boolean> {
  const scene = await policyScene(facts, vantage);
  if (!scene.known || !scene.value.client) return false;
  return judge(scene.value, scene.value.client, port).some(({ verdict }) => verdict.allowed !== true);
}

/** The same for the DNS server: egress policies let others of the namespace ask it, but not this probe. */
export async function dnsDeniedToProbe(facts: Facts, report: ProbeReport): Promise<Obstacle | undefined> {
  if (report.vantage.kind === 'pod' && isClient(report)) return undefined;
  const scene = await policyScene(facts, report.vantage);
  if (!scene.known || !scene.value.client) return undefined;
  const { client, standIn } = scene.value;
  const servers = await dnsServersOf(facts, client, heardDns(report, facts.target));
  const isDenied = (party: PodParty) => udpEgress(scene.value, party, servers)?.allowed === false;
  if (standIn) return isDenied(standIn) && !isDenied(client) ? unheard('DNS') : undefined;
  if (isDenied(client)) return someone(await podsWithDns(facts, scene.value, client, servers));
  const shut = (await dnsIngress(facts, scene.value, client, servers)).some(({ allowed }) => allowed === false);
  return shut ? someone(await podsLetInByDns(facts, scene.value, client, servers)) : undefined;
}

const someone = (others: readonly PodParty[]): Obstacle | undefined => (others.length > 0 ? unheard('DNS') : undefined);
