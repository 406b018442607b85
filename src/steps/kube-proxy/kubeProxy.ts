import { backendsOf, clusterIPsOf } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { kubeProxyPods, productOf, systemDaemonSets } from '../../facts/kubeProxy.ts';
import { theService } from '../../facts/pods.ts';
import { mainReport } from '../../facts/probe.ts';
import type { Backend } from '../../model/backends.ts';
import { valueOr } from '../../model/fact.ts';
import type { Observation } from '../../model/finding.ts';
import type { DaemonSet, Pod, Service } from '../../model/kubernetes.ts';
import { hidden, outcome, skipped } from '../../model/outcome.ts';
import type { Outcome } from '../../model/step.ts';
import type { Step } from '../step.ts';
import { type Differential, differential } from './differential.ts';
import { rulesOn } from './rules.ts';
import { type Seen, stateOn } from './state.ts';
import './findings.ts';

/** Nodes that are looked at: the client's, where rules act, then the backends'. */
const MOST_NODES = 3;

/** Whether the nodes lead packets for the cluster IP to the pods. */
export const kubeProxy: Step = {
  id: 'kube-proxy',
  async check(facts: Facts) {
    const service = await theService(facts);
    if (!service.known) return hidden(service.obstacle);
    const why = notProxied(service.value);
    if (why) return skipped({ what: 'kube-proxy.not-proxied', params: { why } });
    const [report, found, product] = await Promise.all([
      mainReport(facts),
      facts.ask(backendsOf(facts.target)),
      proxyProduct(facts),
    ]);
    const backends = valueOr(found, []);
    const heard = report.known ? differential(facts, service.value, report.value, backends) : undefined;
    const home = report.known ? report.value.vantage.node : undefined;
    if (product.replaced) return replaced(product.replaced, heard);
    const nodes = nodesThatMatter(home, backends);
    const seen = await Promise.all(
      nodes.map((node) => onNode(facts, service.value, node, node === home && failsFrom(heard))),
    );
    return together(seen, heard, home, report.known ? undefined : report.obstacle, facts.consent.nodeChecks);
  },
};

/** kube-proxy leaves these alone. */
function notProxied({ metadata, spec }: Service): string | undefined {
  if (metadata?.labels?.['service.kubernetes.io/service-proxy-name']) return 'label service-proxy-name';
  if (spec?.type === 'ExternalName') return 'ExternalName';
  return clusterIPsOf(spec).length === 0 ? 'headless' : undefined;
}

async function proxyProduct(facts: Facts): Promise<{ replaced?: Observation }> {
  const [daemonSets, pods] = await Promise.all([facts.ask(systemDaemonSets), facts.ask(kubeProxyPods)]);
  if (!daemonSets.known || !pods.known) return {};
  const product = productOf(
    valueOr<{ items: DaemonSet[] }, { items: DaemonSet[] }>(daemonSets, { items: [] }).items,
    valueOr<{ items: Pod[] }, { items: Pod[] }>(pods, { items: [] }).items,
  );
  if (product === 'kube-proxy') return {};
  return {
    replaced:
      product === 'hidden'
        ? { what: 'kube-proxy.not-here', params: {} }
        : { what: 'kube-proxy.replaced', params: { product } },
  };
}

/** Whatever proxies instead: a cluster IP that fails while the pods answer is a fault in any case. */
function replaced(by: Observation, heard: Differential | undefined): Outcome {
  return heard && heard.findings.length > 0 ? outcome({ findings: heard.findings, observations: [by] }) : skipped(by);
}

const nodesThatMatter = (home: string | undefined, backends: readonly Backend[]): string[] =>
  [...new Set([...(home ? [home] : []), ...backends.flatMap(({ node }) => node ?? [])])].slice(0, MOST_NODES);

const failsFrom = (heard: Differential | undefined): boolean =>
  heard?.findings.some(({ code }) => code === 'kube-proxy/not-forwarding') ?? false;

async function onNode(facts: Facts, service: Service, node: string, fails: boolean): Promise<Seen> {
  const [state, rules] = await Promise.all([
    stateOn(facts, node, fails ? 'error' : 'warning'),
    facts.consent.nodeChecks ? rulesOn(facts, service, node) : { findings: [], observations: [], obstacles: [] },
  ]);
  return {
    findings: [...state.findings, ...rules.findings],
    observations: [...state.observations, ...rules.observations],
    obstacles: [...state.obstacles, ...rules.obstacles],
  };
}

function together(
  seen: readonly Seen[],
  heard: Differential | undefined,
  home: string | undefined,
  noProbe: Outcome['obstacles'][number] | undefined,
  looked: boolean,
): Outcome {
  const findings = [...(heard?.findings ?? []), ...seen.flatMap((one) => one.findings)];
  const forwards: Observation[] =
    heard?.forwards && home ? [{ what: 'kube-proxy.forwards', params: { node: home } }] : [];
  const unread = seen.flatMap(({ obstacles }) => obstacles);
  const unasked: Outcome['obstacles'] =
    looked || heard?.forwards ? [] : [noProbe ?? { kind: 'not-consented', flag: '--node-checks yes' }];
  return outcome({
    findings,
    observations: [...forwards, ...seen.flatMap(({ observations }) => observations)],
    obstacles: [...unread, ...unasked],
    // what packets were seen to do outweighs rules that were not read
    hides: !heard?.forwards && (unread.length > 0 || unasked.length > 0),
  });
}
