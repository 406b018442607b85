import { eventsAbout } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import { newestEvent } from '../../model/events.ts';
import { valueOr } from '../../model/fact.ts';
import type { Observation } from '../../model/finding.ts';
import type { Event } from '../../model/kubernetes.ts';

/** The kubelet left out what was too much for a resolv.conf, and said so. Source: pkg/kubelet/network/dns/dns.go */
export async function truncatedBy(facts: Facts, { vantage }: ProbeReport): Promise<Observation[]> {
  const { namespace, pod } = vantage;
  const events = valueOr(await facts.ask(eventsAbout(namespace, 'Pod', pod)), { items: [] as Event[] }).items;
  const message = newestEvent(events, ['DNSConfigForming'])?.message;
  if (!message) return [];
  return [{ what: 'dns.truncated', params: { message }, command: kubectl(namespace, 'describe', 'pod', pod) }];
}
