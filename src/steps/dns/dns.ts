import { dnsDeniedToProbe } from '../../facts/admission.ts';
import { clusterIPsOf } from '../../facts/backends.ts';
import { type HeardDns, heardDns, isFound } from '../../facts/dnsHeard.ts';
import { heardFromDns } from '../../facts/dnsPolicies.ts';
import { type DnsServer, dnsServer } from '../../facts/dnsServer.ts';
import type { Facts } from '../../facts/facts.ts';
import { theService } from '../../facts/pods.ts';
import { notHeard, type ProbeReport } from '../../facts/probe.ts';
import { furtherReports, mainReport, ownReport } from '../../facts/reports.ts';
import { type Fact, known, type Obstacle, unknown } from '../../model/fact.ts';
import type { Finding } from '../../model/finding.ts';
import type { Service } from '../../model/kubernetes.ts';
import { hidden, outcome, skipped } from '../../model/outcome.ts';
import type { Outcome } from '../../model/step.ts';
import type { Step } from '../step.ts';
import { asksElsewhere, clientPod, effectivePolicy, settingsFinding, wrongNameserver } from './client.ts';
import { expectedAddresses, isHeadless, isRight } from './expected.ts';
import { addressAsName, isExternalName, unresolved } from './externalName.ts';
import './findings.ts';
import { withFurther } from './further.ts';
import { wrongAnswer } from './notFound.ts';
import { observations } from './observed.ts';
import { heardAnswer, lookupFails } from './say.ts';
import { type Case, noAnswer, serverDown, serverFinding } from './server.ts';
import { truncatedBy } from './truncated.ts';
import { sickPods } from './warnings.ts';

/** Whether the Service's name leads to it, in the forms in which a client writes it, and if not, where that breaks. */
export const dns: Step = {
  id: 'dns',
  async check(facts: Facts) {
    const service = await theService(facts);
    if (!service.known) return withoutService(facts, service.obstacle);
    const own = await ownReport(facts);
    if (!own.known) return unasked(facts, service.value, own.obstacle);
    const report = await admittedToDns(facts, own.value);
    const first = report.known ? await heardFrom(facts, service.value, report.value) : hidden(report.obstacle);
    return (await heardElsewhere(facts, service.value)).reduce(withFurther, first);
  },
};

/** Each vantage point has resolver settings and a way to the DNS server of its own. Those that policies silence are left out. */
async function heardElsewhere(facts: Facts, service: Service): Promise<Outcome[]> {
  const heard = (await furtherReports(facts)).map(async (report) =>
    (await whySilenced(facts, report)) ? [] : [await heardFrom(facts, service, report)],
  );
  return (await Promise.all(heard)).flat();
}

/** What the probe heard; where policies let only others ask DNS, what one of those heard. */
async function admittedToDns(facts: Facts, own: ProbeReport): Promise<Fact<ProbeReport>> {
  const denied = await whySilenced(facts, own);
  if (!denied) return known(own);
  const main = await mainReport(facts);
  return main.known && main.value.insteadOf ? main : unknown(denied);
}

/** Why hearing nothing from DNS proves nothing there. */
async function whySilenced(facts: Facts, report: ProbeReport): Promise<Obstacle | undefined> {
  const hears = heardFromDns(heardDns(report, facts.target)) === 'something';
  return hears ? undefined : dnsDeniedToProbe(facts, report);
}

function withoutService({ target: { namespace, service } }: Facts, obstacle: Obstacle): Outcome {
  return obstacle.kind === 'not-applicable'
    ? skipped({ what: 'dns.nothing-to-resolve', params: { namespace, service } })
    : hidden(obstacle);
}

/** What the API alone tells. A DNS Service under a name of its own is no fault. */
async function unasked(facts: Facts, service: Service, obstacle: Obstacle): Promise<Outcome> {
  const server = await dnsServer(facts);
  const down = await serverDown(facts, server, server.service === null ? 'warning' : 'error');
  const findings = [...addressAsName(facts.target, service), ...(down ? [down] : [])];
  return outcome({ findings, obstacles: [obstacle, ...server.obstacles], hides: true });
}

async function heardFrom(facts: Facts, service: Service, report: ProbeReport): Promise<Outcome> {
  const heard = heardDns(report, facts.target);
  if (!heard.service.own && heard.lookups.every(({ answer }) => answer.outcome === 'unclear'))
    return hidden(notHeard(report, 'resolve', `the name ${facts.target.service}`));
  const at: Case = { facts, report, heard, server: await dnsServer(facts) };
  const problems = await problemsOf(at, service);
  return outcome({
    findings: problems.some(({ severity }) => severity === 'error') ? problems : [...problems, ...(await sickPods(at))],
    observations: observations(at),
    obstacles: at.server.obstacles,
  });
}

/** Found, with an address: a name that leads only to another name helps nobody. */
const resolved = ({ service: { own } }: HeardDns): boolean => isFound(own) && (own?.addresses.length ?? 0) > 0;

const notFoundIn = ({ lookups }: HeardDns): string[] =>
  lookups.filter(({ answer }) => answer.outcome === 'bad-name').map(({ name }) => name);

async function problemsOf(at: Case, service: Service): Promise<Finding[]> {
  const { heard } = at;
  const wrong = isExternalName(service) ? [] : await wrongAnswers(at, service);
  if (wrong.length > 0) return wrong;
  const failing = notFoundIn(heard);
  if (failing.length === 0 && (resolved(heard) || resolvesOtherwise(heard))) return [];
  if (resolved(heard)) return settings(at, failing);
  return unknownName(at, service);
}

/** The C library finds every form of the name; without nslookup some are enough. */
const resolvesOtherwise = ({ service, lookups }: HeardDns): boolean => {
  const found = lookups.filter(({ answer }) => answer.outcome === 'found').length;
  return found > 0 && (found === lookups.length || !service.own);
};

/** Names that lead somewhere else. */
async function wrongAnswers(at: Case, service: Service): Promise<Finding[]> {
  const { facts, heard, report } = at;
  const expected = await expectedAddresses(facts, service);
  const right = (addresses: readonly string[]) => isRight(addresses, expected, isHeadless(service));
  const ownWrong = heard.service.own && !right(heard.service.own.addresses);
  const lookup = heard.lookups.find(({ answer }) => answer.outcome === 'found' && !right(answer.addresses));
  if (!ownWrong && !lookup) return [];
  const client = await clientPod(facts, report);
  const elsewhere = asksElsewhere(heard.resolvConf, addressesOf(at.server));
  const evidence = observations(at);
  if (elsewhere && heard.resolvConf) {
    return [wrongNameserver(report, heard.resolvConf, client, addressesOf(at.server), evidence)];
  }
  const name = ownWrong || !lookup ? heard.service.name : lookup.name;
  const answered = (ownWrong ? heard.service.own?.addresses : lookup?.answer.addresses) ?? [];
  return [
    await wrongAnswer(at, { name, answered, expected: expected ?? [], onlyThisForm: !ownWrong, client }, evidence),
  ];
}

/** Cluster IPs of the DNS Service first, then its pods. */
const addressesOf = ({ service, pods }: DnsServer): string[] => [
  ...clusterIPsOf(service?.spec),
  ...pods.flatMap(({ status }) => status?.podIP ?? []),
];

/** The absolute name is known, and shorter forms are not: the client's settings, or answers that come now and then. */
async function settings(at: Case, failing: readonly string[]): Promise<Finding[]> {
  const { facts, report, heard } = at;
  const client = await clientPod(facts, report);
  const seen = (name: string) => [
    lookupFails(report, name),
    ...(heard.service.own ? [heardAnswer(report, heard.service.name, heard.service.own)] : []),
  ];
  const lacks = failing.some((name) => settingsFinding(report, heard, name, client, [])?.code === 'dns/no-search-path');
  const truncated = lacks ? await truncatedBy(facts, report) : [];
  const found = failing.flatMap(
    (name) => settingsFinding(report, heard, name, client, [...seen(name), ...truncated]) ?? [],
  );
  const firstOfEach = [...new Map([...found].reverse().map((finding) => [finding.code, finding])).values()];
  return firstOfEach.length > 0 ? firstOfEach : [noAnswer(at, 'bad-name', 'some')];
}

async function unknownName(at: Case, service: Service): Promise<Finding[]> {
  const { facts, report, heard, server } = at;
  if (isExternalName(service) && isFound(heard.kubernetes.own)) {
    const address = addressAsName(facts.target, service);
    return address.length > 0 ? address : [await unresolved(at, service)];
  }
  const client = await clientPod(facts, report);
  const known = addressesOf(server);
  // Where the cluster's servers are not known, a policy that leads past them is reason enough.
  const elsewhere = asksElsewhere(heard.resolvConf, known) ?? effectivePolicy(client) === 'Default';
  if (!elsewhere || !heard.resolvConf) return [await serverFinding(at)];
  const asked = [...heard.service.by].find(([address]) => address === known[0]);
  const seen = observations(at).concat(asked ? [heardAnswer(report, heard.service.name, asked[1], asked[0])] : []);
  const own = wrongNameserver(report, heard.resolvConf, client, known, seen);
  return asked && !isFound(asked[1]) ? [own, await serverFinding(at)] : [own];
}
