/** Why the pods of the DNS server are not ready, or end again and again. */

import { podsLabelled } from '../../facts/api.ts';
import { COREFILE, type DnsLog, type DnsServer, dnsLog } from '../../facts/dnsServer.ts';
import type { Facts } from '../../facts/facts.ts';
import { workloadsIn } from '../../facts/workloads.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation, Severity } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';
import { podState } from '../../model/podState.ts';
import { printLabels, serviceSelects } from '../../model/selector.ts';
import { workloadOf } from '../../model/workload.ts';

/** Enough to read: the others mostly say the same. */
const LOGS_READ = 2;

export const isReady = ({ status }: Pod): boolean =>
  (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');

const crashes = (pod: Pod, now: number): boolean => podState(pod, now).problem?.kind === 'crash-loop';

interface Sick {
  facts: Facts;
  server: DnsServer;
  severity: Severity;
}

/** The finding for DNS pods that crash, undefined when none does. */
export async function crashFinding({ facts, server, severity }: Sick): Promise<Finding | undefined> {
  const crashing = server.pods.filter((pod) => crashes(pod, facts.now));
  if (crashing.length === 0) return undefined;
  const logs = await logsOf(facts, crashing);
  const pods = crashing.map(({ metadata }) => metadata?.name ?? '');
  const common = { severity, breaks: 'dns-server', subject: objectOf(server) } as const;
  const states = crashing.map((pod) => stateOf(server, pod, facts.now));
  const edit = [
    kubectl(server.target.namespace, 'edit', 'configmap', COREFILE.name),
    kubectl(server.target.namespace, 'rollout', 'restart', ...workloadArgs(crashing)),
  ];
  for (const { pod, log } of logs) {
    const evidence = (line: string) => [...states, logLine(server, pod, line)];
    if (log.loop) {
      const remedies = [{ id: 'forward-elsewhere' as const, commands: edit }];
      return {
        ...common,
        code: 'dns/corefile-loop',
        params: { pods, line: log.loop },
        evidence: evidence(log.loop),
        remedies,
      };
    }
    if (log.corefile) {
      const remedies = [{ id: 'edit-corefile' as const, commands: edit }];
      return {
        ...common,
        code: 'dns/corefile-invalid',
        params: { pods, line: log.corefile },
        evidence: evidence(log.corefile),
        remedies,
      };
    }
  }
  const [first] = logs;
  const line = first?.log.last ?? '';
  return {
    ...common,
    code: 'dns/dns-pods-crash',
    params: { pods, of: server.pods.length, ...endOf(crashing, facts.now), line },
    evidence: [...states, ...(first && line ? [logLine(server, first.pod, line)] : [])],
    remedies: [{ id: 'look-at-pods', commands: [describe(server)] }],
  };
}

async function logsOf(facts: Facts, pods: readonly Pod[]): Promise<{ pod: string; log: DnsLog }[]> {
  const read = pods
    .slice(0, LOGS_READ)
    .map(async (pod) => ({ pod: pod.metadata?.name ?? '', log: await dnsLog(facts, pod) }));
  return (await Promise.all(read)).flatMap(({ pod, log }) => (log.known ? [{ pod, log: log.value }] : []));
}

/** How the last run of the first of them ended, as `OOMKilled (137)`, and the most restarts of any. */
function endOf(pods: readonly Pod[], now: number): { restarts: number; exit: string } {
  const states = pods.map((pod) => podState(pod, now));
  const last = states[0]?.containers.find(({ crashLooping }) => crashLooping)?.lastTermination;
  return {
    restarts: Math.max(...states.map(({ restarts }) => restarts)),
    exit: last ? `${last.reason || 'Error'} (${last.exitCode})` : '',
  };
}

/** The DNS Service has no ready pod, and none of them crashes. */
export async function noReadyPods({ facts, server, severity }: Sick): Promise<Finding> {
  const { namespace, service } = server.target;
  const { state, detail, evidence, remedies } = await whyNotReady(facts, server);
  return {
    code: 'dns/no-ready-dns-pods',
    severity,
    breaks: 'dns-server',
    subject: objectOf(server),
    params: { service: `${namespace}/${service}`, state, pods: server.pods.length, detail },
    evidence: [
      {
        what: 'dns.servers',
        params: { address: server.service?.spec?.clusterIP ?? '', ready: 0, pods: server.pods.length },
        command: kubectl(namespace, 'get', 'endpointslices', '-l', `kubernetes.io/service-name=${service}`),
      },
      ...evidence,
    ],
    remedies: remedies ?? [{ id: 'look-at-pods', commands: [describe(server)] }],
  };
}

type NoReady = Extract<Finding, { code: 'dns/no-ready-dns-pods' }>;

interface Why {
  state: NoReady['params']['state'];
  detail: string;
  evidence: Observation[];
  remedies?: NoReady['remedies'];
}

async function whyNotReady(facts: Facts, server: DnsServer): Promise<Why> {
  const [pod] = server.pods;
  if (!pod) return whyNoPods(facts, server);
  const evidence: Observation[] = server.pods.map((each) => stateOf(server, each, facts.now));
  const problem = podState(pod, facts.now).problem;
  if (problem?.kind === 'unschedulable') return { state: 'pending', detail: problem.decisive, evidence };
  if (problem && 'reason' in problem) {
    return { state: 'waiting', detail: [problem.reason, problem.message].filter(Boolean).join(': '), evidence };
  }
  const [log] = await logsOf(facts, [pod]);
  const line = log?.log.api ?? log?.log.last;
  return {
    state: 'not-ready',
    detail: line ?? '',
    evidence: line ? [...evidence, logLine(server, pod.metadata?.name ?? '', line)] : evidence,
  };
}

async function whyNoPods(facts: Facts, server: DnsServer): Promise<Why> {
  const { namespace, service: name } = server.target;
  const [workloads, labelled] = await Promise.all([
    facts.ask(workloadsIn(namespace)),
    facts.ask(podsLabelled(namespace, USUAL_LABEL)),
  ]);
  const running = valueOr(labelled, { items: [] as Pod[] }).items.filter(isReady);
  if (running.length > 0) {
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/selector', value: { 'k8s-app': 'kube-dns' } }]);
    const commands = [kubectl(namespace, 'patch', 'service', name, '--type=json', '-p', patch)];
    return {
      state: 'selector',
      detail: printLabels(server.service?.spec?.selector),
      evidence: running.map((pod) => stateOf(server, pod, facts.now)),
      remedies: [{ id: 'correct-selector', commands }],
    };
  }
  const made = valueOr(workloads, { items: [], obstacles: [] }).items.find(({ templateLabels }) =>
    serviceSelects(server.service?.spec?.selector, templateLabels),
  );
  if (made?.wanted !== 0) return { state: 'no-pods', detail: made ? `${made.kind}/${made.name}` : '', evidence: [] };
  const scale = kubectl(namespace, 'scale', made.kind.toLowerCase(), made.name, '--replicas=2');
  return {
    state: 'scaled-to-zero',
    detail: `${made.kind}/${made.name}`,
    evidence: [],
    remedies: [{ id: 'scale-up', commands: [scale] }],
  };
}

/** The label that CoreDNS wears wherever it took over from kube-dns. */
const USUAL_LABEL = 'k8s-app=kube-dns';

export const objectOf = ({ target }: DnsServer) => ({ object: `service/${target.namespace}/${target.service}` });

export function stateOf({ target }: DnsServer, pod: Pod, now: number): Observation {
  const { name, ready, phase, restarts, containers } = podState(pod, now);
  const state = ready ? 'Ready' : (containers.find(({ reason }) => reason)?.reason ?? phase);
  return {
    what: 'dns.pod',
    params: { pod: name, state, restarts },
    command: kubectl(target.namespace, 'get', 'pod', name, '-o', 'wide'),
  };
}

export const logLine = ({ target }: DnsServer, pod: string, line: string): Observation => ({
  what: 'dns.log',
  params: { pod, line },
  command: kubectl(target.namespace, 'logs', pod, '--tail=20'),
});

const describe = ({ target, service }: DnsServer) => {
  const selector = Object.entries(service?.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return kubectl(target.namespace, 'describe', 'pods', '-l', selector.join(','));
};

function workloadArgs([pod]: readonly Pod[]): string[] {
  const { kind, name } = workloadOf(pod ?? {});
  return [`${kind.toLowerCase()}/${name}`];
}
