/** Observations of names, each with the command that repeats it from the vantage point. */
import type { ProbeReport } from '../../facts/probe.ts';
import type { Observation } from '../../model/finding.ts';
import type { DnsAnswer, ResolvConf } from '../../model/probe.ts';
import { inside } from '../repeat.ts';

/** What a DNS server said about a name; `server` absent: the resolver of the pod. */
export function heardAnswer(
  { vantage }: ProbeReport,
  name: string,
  answer: DnsAnswer,
  server?: string,
): Observation<'dns.resolves'> | Observation<'dns.fails'> {
  const command = inside(vantage, ['nslookup', name, ...(server ? [server] : [])]);
  const asked = server ?? answer.server ?? '';
  return answer.outcome === 'found'
    ? { what: 'dns.resolves', params: { name, addresses: answer.addresses, server: asked }, command }
    : { what: 'dns.fails', params: { name, answer: answer.outcome, server: asked }, command };
}

/** Every form of the name leads to the same place. */
export const namesResolve = (
  { vantage }: ProbeReport,
  full: string,
  names: readonly string[],
  { addresses, server = '' }: DnsAnswer,
): Observation => ({
  what: 'dns.names-resolve',
  params: { names, full, addresses, server },
  command: inside(vantage, ['nslookup', full]),
});

/** A name that a program would not find, through the C library. */
export const lookupFails = ({ vantage }: ProbeReport, name: string): Observation => ({
  what: 'dns.fails',
  params: { name, answer: 'bad-name', server: '' },
  command: inside(vantage, ['wget', '-qO-', '-T', '3', `http://${name}`]),
});

export const lookupFound = ({ vantage }: ProbeReport, name: string, addresses: readonly string[]): Observation => ({
  what: 'dns.resolves',
  params: { name, addresses, server: '' },
  command: inside(vantage, ['ping', '-c', '1', name]),
});

export const resolvConf = ({ vantage }: ProbeReport, { nameservers, search, ndots }: ResolvConf): Observation => ({
  what: 'dns.resolv-conf',
  params: { nameservers, search, ndots },
  command: inside(vantage, ['cat', '/etc/resolv.conf']),
});
