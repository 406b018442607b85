import type { Facts } from '../../facts/facts.ts';
import { viaBackend } from '../../facts/heard.ts';
import { type PolicyScene, policyScene } from '../../facts/policies.ts';
import { pluginPolicies } from '../../facts/policyKinds.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { mainReport, ownReport } from '../../facts/reports.ts';
import { kubectl } from '../../model/command.ts';
import type { Fact, Obstacle } from '../../model/fact.ts';
import type { Finding } from '../../model/finding.ts';
import { groupBy } from '../../model/group.ts';
import type { PodParty } from '../../model/networkPolicy/party.ts';
import { hidden, outcome, skipped } from '../../model/outcome.ts';
import type { Step } from '../step.ts';
import { heardDnsWay } from './dns.ts';
import './findings.ts';
import { FINE, heardPort, type PortResult, through, unaskedPort } from './port.ts';
import { inItsStead } from './stranger.ts';

/**
 * Whether NetworkPolicies keep the client from the backends or from DNS, or keep everybody out. A policy that denies
 * what the probe got through is not enforced, and no cause.
 */
export const networkPolicy: Step = {
  id: 'network-policy',
  async check(facts: Facts) {
    const report = await mainReport(facts);
    const heard = report.known ? report.value : undefined;
    const scene = await policyScene(facts, heard?.vantage);
    if (!scene.known) return withoutService(facts, scene.obstacle);
    const [results, plugins, stead] = await Promise.all([
      resultsOf(facts, scene.value, report),
      notEvaluated(facts, scene.value),
      heard ? inItsStead(facts, heard) : [],
    ]);
    const reached = heard !== undefined && reachedAll(scene.value, heard);
    const unread = [...scene.value.obstacles, ...plugins.obstacles];
    const unclear = results.flatMap(({ obstacles }) => obstacles);
    return outcome({
      findings: [...results.flatMap(({ findings }) => findings), ...stead, ...plugins.findings],
      observations: observationsOf(facts, scene.value, results),
      obstacles: distinct([...unread, ...unclear]),
      hides: unclear.length > 0 || (unread.length > 0 && !reached),
    });
  },
};

const distinct = (obstacles: readonly Obstacle[]): Obstacle[] => [
  ...new Map(obstacles.map((obstacle) => [JSON.stringify(obstacle), obstacle])).values(),
];

function withoutService({ target: { namespace, service } }: Facts, obstacle: Obstacle) {
  return obstacle.kind === 'not-applicable'
    ? skipped({ what: 'network-policy.nothing-to-reach', params: { namespace, service } })
    : hidden(obstacle);
}

async function resultsOf(facts: Facts, scene: PolicyScene, report: Fact<ProbeReport>): Promise<PortResult[]> {
  const { policies, client, ports } = scene;
  if (!report.known) return Promise.all(ports.map((port) => unaskedPort(facts, scene, port, report.obstacle)));
  const isFree = policies.length === 0 || !client;
  const heard = isFree ? [] : ports.map((port) => heardPort(facts, scene, report.value, client, port));
  return Promise.all([...heard, wayToDns(facts, report.value)]);
}

/** The probe tells of DNS what it can; only where policies keep it from DNS alone, a pod that they admit does. */
async function wayToDns(facts: Facts, report: ProbeReport): Promise<PortResult> {
  const own = await ownReport(facts);
  const result = await dnsWayFrom(facts, own.known ? own.value : report);
  return result.obstacles.length > 0 && report.insteadOf ? dnsWayFrom(facts, report) : result;
}

async function dnsWayFrom(facts: Facts, report: ProbeReport): Promise<PortResult> {
  const scene = await policyScene(facts, report.vantage);
  if (!scene.known || !scene.value.client) return FINE;
  return heardDnsWay(facts, scene.value, report, scene.value.client);
}

const observationsOf = ({ target }: Facts, { policies, obstacles }: PolicyScene, results: readonly PortResult[]) =>
  policies.length === 0 && obstacles.length === 0 && results.every(({ findings }) => findings.length === 0)
    ? [
        {
          what: 'network-policy.none' as const,
          params: { namespace: target.namespace },
          command: kubectl(target.namespace, 'get', 'networkpolicies'),
        },
      ]
    : results.flatMap(({ observations }) => observations);

/** Whether the probe got through to every backend: then no policy stands in its way, known or not. */
const reachedAll = ({ backends, ports }: PolicyScene, report: ProbeReport): boolean =>
  ports.every((port) => backends.every(({ backend }) => through(viaBackend(report, backend, port))));

/** Policies of the CNI plugin that select the client or a backend. */
async function notEvaluated(
  facts: Facts,
  { backends, client, namespaces }: PolicyScene,
): Promise<{ findings: Finding[]; obstacles: Obstacle[] }> {
  const pods = [...backends.map(({ party }) => party), ...(client ? [client] : [])].filter(
    (party): party is PodParty => party.kind === 'pod',
  );
  const { policies, obstacles } = await pluginPolicies(facts, pods, namespaces);
  const findings = [...groupBy(policies, (policy) => policy.kind)].map(([kind, found]): Finding => {
    const names = found.map(({ namespace, name }) => (namespace ? `${namespace}/${name}` : name));
    const [first] = found;
    return {
      code: 'network-policy/not-evaluated',
      severity: 'info',
      breaks: 'policy',
      subject: {},
      params: { kind, policies: names },
      evidence: [],
      remedies: [
        {
          id: 'look-at-policy',
          commands: [kubectl(first?.namespace, 'get', first?.resource ?? '', first?.name ?? '', '-o', 'yaml')],
        },
      ],
    };
  });
  const unread = findings.map(
    (finding): Obstacle => ({
      kind: 'not-applicable',
      reason: `policies of kind ${'kind' in finding.params ? finding.params.kind : ''} are not evaluated`,
    }),
  );
  return { findings, obstacles: [...obstacles, ...unread] };
}
