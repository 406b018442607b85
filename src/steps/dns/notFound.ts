/** The DNS server works, and has no address for this one name, or a wrong one. */
import { COREFILE, type Zones, zonesOf } from '../../facts/dnsServer.ts';
import type { Facts } from '../../facts/facts.ts';
import { selectedPods, theService } from '../../facts/pods.ts';
import { secondsSince } from '../../model/age.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation, ParamsOf, Remedy } from '../../model/finding.ts';
import type { Pod, Service } from '../../model/kubernetes.ts';
import { expectedAddresses, isHeadless } from './expected.ts';
import type { Case } from './server.ts';

/** CoreDNS keeps answers, good and bad, for 30 s as kubeadm sets it up; twice that, since clients keep them as well. */
const CACHED_SECONDS = 60;

const isYoung = (service: Service | undefined, now: number): boolean =>
  (secondsSince(service?.metadata?.creationTimestamp, now) ?? Number.POSITIVE_INFINITY) < CACHED_SECONDS;

export async function nameNotFound(
  at: Case,
  answer: string,
  zones: Zones | null,
  evidence: readonly Observation[],
): Promise<Finding> {
  const { heard, report, server } = at;
  const { reason, detail } = await reasonFor(at, zones);
  const remedies: Remedy<'wait' | 'edit-corefile'>[] =
    reason === 'young'
      ? [{ id: 'wait', commands: [] }]
      : reason === 'namespaces'
        ? [editCorefile(server.target.namespace)]
        : [];
  return {
    code: 'dns/name-not-found',
    severity: 'error',
    breaks: reason === 'no-ready-pods' ? 'headless-name' : 'name',
    subject: { from: report.vantage.id },
    params: { name: heard.service.name, answer, reason, detail },
    evidence: [...evidence, ...(zones ? [corefileSeen(at, zones)] : [])],
    remedies,
  };
}

const editCorefile = (namespace: string) =>
  ({ id: 'edit-corefile', commands: [kubectl(namespace, 'edit', 'configmap', COREFILE.name)] }) as const;

const corefileSeen = ({ server }: Case, { served }: Zones): Observation => ({
  what: 'dns.corefile',
  params: { zones: served },
  command: kubectl(server.target.namespace, 'get', 'configmap', COREFILE.name, '-o', 'yaml'),
});

type Reason = Pick<ParamsOf<'dns/name-not-found'>, 'reason' | 'detail'>;

async function reasonFor({ facts }: Case, zones: Zones | null): Promise<Reason> {
  const service = valueOr(await theService(facts), undefined);
  const expected = service && isHeadless(service) ? await expectedAddresses(facts, service) : undefined;
  if (expected?.length === 0) return { reason: 'no-ready-pods', detail: '' };
  const namespaces = zones?.zone?.namespaces;
  if (namespaces && !namespaces.includes(facts.target.namespace)) {
    return { reason: 'namespaces', detail: namespaces.join(' ') };
  }
  if (isYoung(service, facts.now)) return { reason: 'young', detail: '' };
  return { reason: 'other', detail: zones?.interceptors.join('; ') ?? '' };
}

interface Wrong {
  name: string;
  answered: readonly string[];
  expected: readonly string[];
  /** The absolute name is answered rightly, only this form is not. */
  onlyThisForm: boolean;
  client: Pod | undefined;
}

/** A name leads somewhere else than to the Service. */
export async function wrongAnswer(at: Case, wrong: Wrong, evidence: readonly Observation[]): Promise<Finding> {
  const { report } = at;
  const { name, answered, expected } = wrong;
  const { reason, detail, remedy } = await whyWrong(at, wrong);
  return {
    code: 'dns/wrong-answer',
    // addresses of pods come and go, and their clients follow within half a minute
    severity: reason === 'rollout' ? 'warning' : 'error',
    breaks: 'name',
    subject: { from: report.vantage.id },
    params: { name, answered, expected, reason, detail },
    evidence: [...evidence, expectedSeen(at, expected)],
    remedies: remedy,
  };
}

const expectedSeen = ({ facts: { target } }: Case, addresses: readonly string[]): Observation => ({
  what: 'dns.expected',
  params: { addresses },
  command: kubectl(target.namespace, 'get', 'service', target.service, '-o', 'jsonpath={.spec.clusterIPs}'),
});

/** Pods of the Service are new, so that answers of a moment ago name those before them. */
async function rolledOut(facts: Facts): Promise<boolean> {
  const pods = valueOr(await facts.ask(selectedPods(facts.target)), { items: [] as Pod[] }).items;
  return pods.some(({ metadata, status }) => {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
    const times = [metadata?.creationTimestamp, ready].flatMap((time) => secondsSince(time, facts.now) ?? []);
    return metadata?.deletionTimestamp !== undefined || times.some((seconds) => seconds < CACHED_SECONDS);
  });
}

type WhyWrong = Pick<ParamsOf<'dns/wrong-answer'>, 'reason' | 'detail'> & {
  remedy: Extract<Finding, { code: 'dns/wrong-answer' }>['remedies'];
};

async function whyWrong(at: Case, { name, onlyThisForm, client }: Wrong): Promise<WhyWrong> {
  const { facts, server, heard, report } = at;
  if (onlyThisForm) {
    const alias = client?.spec?.hostAliases?.find(({ hostnames }) => hostnames?.includes(name));
    const commands = [
      kubectl(report.vantage.namespace, 'get', 'pod', report.vantage.pod, '-o', 'jsonpath={.spec.hostAliases}'),
    ];
    if (alias)
      return { reason: 'hosts', detail: `${alias.ip} ${name}`, remedy: [{ id: 'remove-host-alias', commands }] };
    return {
      reason: 'other',
      detail: (heard.resolvConf?.search ?? []).join(' '),
      remedy: [{ id: 'use-full-name', commands: [] }],
    };
  }
  const zones = valueOr(await zonesOf(facts, server, heard.domain), null);
  const corefile = (lines: readonly string[]): WhyWrong => ({
    reason: 'corefile',
    detail: lines.join('; '),
    remedy: [editCorefile(server.target.namespace)],
  });
  const naming = zones?.interceptors.filter((line) => line.includes(facts.target.service)) ?? [];
  if (naming.length > 0) return corefile(naming);
  const service = valueOr(await theService(facts), undefined);
  const wait: WhyWrong['remedy'] = [{ id: 'wait', commands: [] }];
  if (isYoung(service, facts.now)) return { reason: 'cached', detail: '', remedy: wait };
  if (service && isHeadless(service) && (await rolledOut(facts)))
    return { reason: 'rollout', detail: '', remedy: wait };
  if (zones && zones.interceptors.length > 0) return corefile(zones.interceptors);
  return { reason: 'other', detail: '', remedy: [{ id: 'wait', commands: [] }] };
}
