/** The client's way to its DNS server. */
import { heardDns } from '../../facts/dnsHeard.ts';
import {
  dnsIngress,
  dnsServersOf,
  heardFromDns,
  podsLetInByDns,
  podsWithDns,
  udpEgress,
} from '../../facts/dnsPolicies.ts';
import type { Facts } from '../../facts/facts.ts';
import { isClient, type PolicyScene } from '../../facts/policies.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import type { DnsEgress } from '../../model/networkPolicy/dns.ts';
import type { PodParty } from '../../model/networkPolicy/party.ts';
import { dnsDenied, dnsFree, onlyOthers, serverShut, type Way } from './dnsFindings.ts';
import { FINE, inDoubt, ONLY_OTHERS, type PortResult } from './port.ts';
import { printRef } from './seen.ts';

/** What the policies say about it, weighed against what was heard. */
export async function heardDnsWay(
  facts: Facts,
  scene: PolicyScene,
  report: ProbeReport,
  client: PodParty,
): Promise<PortResult> {
  const heard = heardDns(report, facts.target);
  const servers = await dnsServersOf(facts, client, heard);
  const egress = udpEgress(scene, client, servers);
  const sound = heardFromDns(heard);
  if (!egress || sound === 'nothing-asked') return FINE;
  const denied = egress.admissions.find(({ allowed }) => allowed === false);
  const way: Way = { scene, report, heard, client, servers, print: printRef(facts.target.namespace) };
  if (!denied) return sound === 'silence' ? silence(facts, way, egress) : FINE;
  if (sound === 'something' && !scene.standIn) {
    // one server that may be asked is enough
    const all = egress.admissions.every(({ allowed }) => allowed === false);
    return { ...FINE, findings: all ? [dnsFree(way, denied)] : [] };
  }
  if (isClient(report)) return { ...FINE, findings: [await dnsDenied(facts, way, denied)] };
  const others = await podsWithDns(facts, scene, client, servers);
  return others.length > 0
    ? { ...FINE, findings: [onlyOthers(facts, way, denied, others)], obstacles: [ONLY_OTHERS] }
    : { ...FINE, findings: [await dnsDenied(facts, way, denied)] };
}

/** The client may ask, and hears nothing: do the DNS server's own policies let it in? */
async function silence(facts: Facts, way: Way, { admissions }: DnsEgress): Promise<PortResult> {
  const { scene, client, servers, report } = way;
  const { standIn } = scene;
  if (standIn && udpEgress(scene, standIn, servers)?.allowed === false) return { ...FINE, obstacles: [ONLY_OTHERS] };
  const shut = (await dnsIngress(facts, scene, client, servers)).filter(({ allowed }) => allowed === false);
  const [first] = shut;
  const doubts = admissions.flatMap((admission) => admission.doubts);
  if (!first) return { ...FINE, obstacles: doubts.length > 0 ? [inDoubt(doubts)] : [] };
  const others = isClient(report) ? [] : await podsLetInByDns(facts, scene, client, servers);
  return others.length > 0
    ? { ...FINE, findings: [onlyOthers(facts, way, first, others)], obstacles: [ONLY_OTHERS] }
    : { ...FINE, findings: [await serverShut(facts, way, first)] };
}
