import type { HeardDns } from '../../facts/dnsHeard.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import type { Observation } from '../../model/finding.ts';
import { heardAnswer, lookupFails, lookupFound, namesResolve } from './say.ts';
import type { Case } from './server.ts';

/** What was heard of each form of the name. */
export function observations({ report, heard: { service, lookups } }: Case): Observation[] {
  const alike = allAlike(report, service, lookups);
  if (alike) return [alike];
  return [
    ...lookups
      .filter(({ answer }) => answer.outcome !== 'unclear')
      .map(({ name, answer }) =>
        answer.outcome === 'found' ? lookupFound(report, name, answer.addresses) : lookupFails(report, name),
      ),
    ...(service.own ? [heardAnswer(report, service.name, service.own)] : []),
  ];
}

/** Every form of the name leads to the same addresses: one line says it. */
function allAlike(report: ProbeReport, { name, own }: HeardDns['service'], lookups: HeardDns['lookups']) {
  if (own?.outcome !== 'found' || lookups.length === 0) return undefined;
  const addresses = own.addresses.join();
  const alike = lookups.every(({ answer }) => answer.outcome === 'found' && answer.addresses.join() === addresses);
  return alike
    ? namesResolve(
        report,
        name,
        lookups.map((lookup) => lookup.name),
        own,
      )
    : undefined;
}
