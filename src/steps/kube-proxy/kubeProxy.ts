import { nodes } from '../../facts/api.ts';
import { backendsOf, clusterIPsOf, isTcp, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { hungBackends } from '../../facts/hung.ts';
import { theService } from '../../facts/pods.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { type ProxyProduct, proxyProductOn } from '../../facts/proxyProduct.ts';
import { furtherReports, mainReport } from '../../facts/reports.ts';
import { dnsWitnesses } from '../../facts/witnesses.ts';
import type { Backend } from '../../model/backends.ts';
import { type Obstacle, valueOr } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Service } from '../../model/kubernetes.ts';
import { outcome, skipped, withoutService } from '../../model/outcome.ts';
import type { Outcome } from '../../model/step.ts';
import type { Step } from '../step.ts';
import { type Beside, type Differential, differentials } from './differential.ts';
import { louder } from './louder.ts';
import { lookAt } from './node.ts';
import { inAgent, replacedBy } from './products.ts';
import type { Seen } from './seen.ts';
import './findings.ts';

/** Nodes that are looked at unless all are asked for: the clients', where rules act, then the backends'. */
const MOST_NODES = 3;
const MOST_OF_ALL = 100;

/** Whether the nodes lead packets for the Service to its pods. */
export const kubeProxy: Step = {
  id: 'kube-proxy',
  async check(facts: Facts) {
    const service = await theService(facts);
    if (!service.known) return withoutService(service.obstacle, { what: 'kube-proxy.no-service', params: {} });
    const why = notProxied(service.value);
    if (why) return skipped({ what: 'kube-proxy.not-proxied', params: { why } });
    const [main, reports, found] = await Promise.all([
      mainReport(facts),
      allReports(facts),
      facts.ask(backendsOf(facts.target)),
    ]);
    const backends = valueOr(found, []);
    const heard = differentials(
      facts,
      service.value,
      reports,
      backends,
      await besides(facts, service.value, reports, backends),
    );
    const homes = [...new Set(reports.flatMap(({ vantage }) => vantage.node ?? []))];
    const looked = await nodesThatMatter(facts, homes, backends);
    const product = valueOr(await facts.ask(proxyProductOn(looked[0])), { form: 'daemonset' } as ProxyProduct);
    if (product.form === 'replaced') {
      const by = replacedBy(product, facts.target);
      return aside(by, askedInstead(heard, by));
    }
    if (product.form === 'hidden' && !mayLook(facts)) return aside({ what: 'kube-proxy.not-here', params: {} }, heard);
    const seen = await Promise.all(looked.map((node) => lookAt(facts, service.value, node, heard, product)));
    const loud = await withLouder(facts, heard);
    return together(facts, seen, loud, formOf(product, looked[0] ?? ''), main.known ? undefined : main.obstacle);
  },
};

/** kube-proxy leaves these alone. */
function notProxied({ metadata, spec }: Service): string | undefined {
  if (metadata?.labels?.['service.kubernetes.io/service-proxy-name']) return 'label service-proxy-name';
  if (spec?.type === 'ExternalName') return 'ExternalName';
  return clusterIPsOf(spec).length === 0 ? 'headless' : undefined;
}

/** The one that counts first, then those of the other vantage points. */
async function allReports(facts: Facts): Promise<ProbeReport[]> {
  const [main, others] = await Promise.all([mainReport(facts), furtherReports(facts)]);
  return main.known ? [main.value, ...others] : others;
}

async function besides(
  facts: Facts,
  { spec }: Service,
  reports: readonly ProbeReport[],
  backends: readonly Backend[],
): Promise<Record<string, Beside>> {
  const ports = portsInScope(spec?.ports, facts.target).filter(isTcp);
  const told = reports.map(async (report) => {
    const [witnesses, hung] = await Promise.all([
      dnsWitnesses(facts, report),
      hungBackends(facts, report, ports, backends),
    ]);
    return [report.vantage.id, { witnesses, hung }] as const;
  });
  return Object.fromEntries(await Promise.all(told));
}

const mayLook = ({ consent }: Facts): boolean => consent.nodeChecks || consent.nodeOutput === true;

/** Whatever proxies instead: a cluster IP that fails while the pods answer is a fault in any case. */
const aside = (by: Observation, { findings, observations }: Differential): Outcome =>
  findings.length > 0 ? outcome({ findings, observations: [by, ...observations] }) : skipped(by, observations);

/** What kube-proxy would mend is for another product to mend there. */
const askedInstead = (heard: Differential, { command }: Observation): Differential => ({
  ...heard,
  findings: heard.findings.map((finding) =>
    finding.code === 'kube-proxy/not-forwarding'
      ? { ...finding, remedies: [{ id: 'look-at-product', commands: command ? [command] : [] }] }
      : finding,
  ),
});

async function withLouder(facts: Facts, heard: Differential): Promise<Differential> {
  const findings = heard.findings.map(async (finding) =>
    finding.code === 'kube-proxy/not-forwarding'
      ? { ...finding, remedies: [...finding.remedies, ...(await louder(facts, finding.params.node))] }
      : finding,
  );
  return { ...heard, findings: await Promise.all(findings) };
}

async function nodesThatMatter(
  facts: Facts,
  homes: readonly string[],
  backends: readonly Backend[],
): Promise<string[]> {
  const near = [...new Set([...homes, ...backends.flatMap(({ node }) => node ?? [])])];
  // one that is named with --from is not left out
  if (!facts.consent.everyNode) return near.slice(0, Math.max(MOST_NODES, homes.length));
  const all = valueOr(await facts.ask(nodes), { items: [] }).items.flatMap(({ metadata }) => metadata?.name ?? []);
  return [...new Set([...near, ...all])].slice(0, MOST_OF_ALL);
}

function formOf(product: ProxyProduct, node: string): Observation[] {
  if (product.form === 'in-agent') return [inAgent(product.agent, node)];
  if (product.form === 'static-pod') return [{ what: 'kube-proxy.static', params: {} }];
  return product.form === 'hidden' ? [{ what: 'kube-proxy.not-here', params: {} }] : [];
}

function together(
  facts: Facts,
  looked: readonly Seen[],
  heard: Differential,
  form: readonly Observation[],
  noProbe: Obstacle | undefined,
): Outcome {
  const unread = looked.flatMap(({ obstacles }) => obstacles);
  const found = looked.flatMap(({ findings }) => findings);
  const unasked: Obstacle[] =
    mayLook(facts) || heard.forwards ? [] : [noProbe ?? { kind: 'not-consented', flag: '--node-checks yes' }];
  return outcome({
    findings: [...withoutEchoes(heard.findings, found), ...found],
    observations: [...form, ...heard.observations, ...looked.flatMap(({ observations }) => observations)],
    obstacles: [...unread, ...unasked],
    // what packets were seen to do outweighs rules that were not read
    hides: !heard.forwards && (unread.length > 0 || unasked.length > 0),
  });
}

/** That pods of one node are not reached from another is no news where something on either node is known to stop it. */
const withoutEchoes = (heard: readonly Finding[], found: readonly Finding[]): Finding[] => {
  const stopping = found.filter(({ severity, breaks }) => severity === 'error' && breaks === 'node-network');
  const nodesOf = stopping.flatMap(({ subject }) => subject.node ?? []);
  return heard.filter(
    (finding) =>
      finding.code !== 'kube-proxy/pod-network' ||
      ![finding.params.from, ...finding.params.unreached].some((node) => nodesOf.includes(node)),
  );
};
