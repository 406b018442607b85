import type { Obstacle } from '../model/fact.ts';
import type { ServicePort } from '../model/kubernetes.ts';
import { portKey } from '../model/ports.ts';
import { heardDns } from './dnsHeard.ts';
import { dnsServersOf, podsWithDns, udpEgress } from './dnsPolicies.ts';
import type { Facts } from './facts.ts';
import { isClient, judge, otherPods, policyScene } from './policies.ts';
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
  if (isClient(report.vantage)) return undefined;
  const scene = await policyScene(facts, report.vantage);
  if (!scene.known || !scene.value.client) return undefined;
  const denied = judge(scene.value, scene.value.client, port).some(({ verdict }) => verdict.allowed === false);
  if (!denied) return undefined;
  const { admitted, unsure } = await otherPods(facts, scene.value, port);
  return admitted.length > 0 || unsure ? unheard(`port ${portKey(port)}`) : undefined;
}

/** The same for the DNS server: egress policies let other pods of the namespace ask it, but not this probe. */
export async function dnsDeniedToProbe(facts: Facts, report: ProbeReport): Promise<Obstacle | undefined> {
  if (isClient(report.vantage)) return undefined;
  const scene = await policyScene(facts, report.vantage);
  if (!scene.known || !scene.value.client) return undefined;
  const { client } = scene.value;
  const servers = await dnsServersOf(facts, client, heardDns(report, facts.target));
  if (udpEgress(scene.value, client, servers)?.allowed !== false) return undefined;
  const others = await podsWithDns(facts, scene.value, client, servers);
  return others.length > 0 ? unheard('DNS') : undefined;
}
