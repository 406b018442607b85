import type { Facts } from '../../facts/facts.ts';
import { type Nearby, nearby, nearNamespaces } from '../../facts/nearby.ts';
import type { ReadWorkload } from '../../facts/workloads.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import { outcome } from '../../model/outcome.ts';
import { declaredPorts } from '../../model/ports.ts';
import type { Outcome } from '../../model/step.ts';
import type { Target } from '../../model/target.ts';
import { exposeCommands } from './expose.ts';
import type { Missing } from './findings.ts';
import { terminatingNamespace } from './terminating.ts';

/** There is no such Service: which one was meant, or how to make it. */
export async function missing(facts: Facts): Promise<Outcome> {
  const around = await nearby(facts);
  if (around.namespace === null) return noNamespace(facts, around);
  const finding = missingService(facts.target, around);
  const ending = terminatingNamespace(facts, around.namespace, 'error');
  return outcome({
    findings: [finding, ...ending],
    observations: finding.evidence,
    obstacles: around.obstacles,
  });
}

/** Of the evidence that speaks for several causes, a slip of the pen counts most, a namesake elsewhere less than a workload here. */
function missingService(target: Target, around: Nearby): Finding {
  const { near, workload, elsewhere } = around;
  const misspelt = near.filter(({ how }) => how === 'spelling').map(({ name }) => name);
  if (misspelt.length > 0) return misspelled(target, around, misspelt);
  const serving = around.serving.slice(0, MOST_SERVING);
  if (serving.length > 0) return misspelled(target, around, serving);
  if (workload) return noService(target, around);
  if (elsewhere.length > 0) return inOtherNamespace(target, around);
  return near.length > 0
    ? misspelled(
        target,
        around,
        near.map(({ name }) => name),
      )
    : noService(target, around);
}

/** Of so many Services that select the pods of the workload it is told. */
const MOST_SERVING = 3;

const missingParams = ({ namespace, service }: Target, { elsewhere, referrers }: Nearby): Missing => ({
  namespace,
  service,
  elsewhere,
  referrers: [...new Set(referrers.map(({ by }) => by))],
});

const common = { severity: 'error', breaks: 'service', subject: {} } as const;

function misspelled(target: Target, around: Nearby, near: readonly string[]): Finding {
  const { namespace } = target;
  const workload = around.workload && nameOf(around.workload);
  return {
    ...common,
    code: 'exists/misspelled',
    params: { ...missingParams(target, around), near, ...(workload && { workload }) },
    evidence: evidenceOf(target, around, near),
    remedies: [{ id: 'use-name', commands: near.map((name) => kubectl(namespace, 'get', 'service', name)) }],
  };
}

function inOtherNamespace(target: Target, around: Nearby): Finding {
  const { service } = target;
  const commands = around.elsewhere.slice(0, 3).map((namespace) => kubectl(namespace, 'get', 'service', service));
  return {
    ...common,
    code: 'exists/in-other-namespace',
    params: missingParams(target, around),
    evidence: evidenceOf(target, around, []),
    remedies: [{ id: 'use-namespace', commands }],
  };
}

function noService(target: Target, around: Nearby): Finding {
  const { namespace } = target;
  const { workload } = around;
  return {
    ...common,
    code: 'exists/no-service',
    params: { ...missingParams(target, around), ...(workload && { workload: nameOf(workload) }) },
    evidence: evidenceOf(target, around, []),
    remedies: workload
      ? [{ id: 'expose', commands: exposeCommands(target, workload, around.referrers) }]
      : [{ id: 'list', commands: [kubectl(namespace, 'get', 'services')] }],
  };
}

const nameOf = ({ kind, name }: ReadWorkload): string => `${kind}/${name}`;

function evidenceOf(target: Target, around: Nearby, near: readonly string[]): Observation[] {
  const { namespace, service } = target;
  const { workload, elsewhere, referrers } = around;
  return [
    {
      what: 'exists.not-found',
      params: { service, namespace },
      command: kubectl(namespace, 'get', 'service', service),
    },
    ...others(target, around, near),
    ...(workload ? [workloadNote(namespace, workload)] : []),
    ...around.serving.slice(0, MOST_SERVING).map(
      (name): Observation => ({
        what: 'exists.selects',
        params: { service: name, workload: `${workload?.kind}/${workload?.name}` },
        command: kubectl(namespace, 'get', 'service', name, '-o', 'wide'),
      }),
    ),
    ...(elsewhere.length > 0 ? [elsewhereNote(service, elsewhere)] : []),
    ...referrers.slice(0, 5).map(
      ({ by, where }): Observation => ({
        what: 'exists.refers',
        params: { by, where, names: service },
        command: kubectl(namespace, 'get', by.toLowerCase(), '-o', 'yaml'),
      }),
    ),
  ];
}

/** As many as a sentence names. */
const SHOWN = 5;

/** The Services that are there: those of a near name first. */
function others({ namespace }: Target, { services }: Nearby, near: readonly string[]): Observation[] {
  const shown = [...near, ...services.filter((name) => !near.includes(name))].slice(0, SHOWN);
  const params = { namespace, services: shown, more: services.length - shown.length };
  return [{ what: 'exists.others', params, command: kubectl(namespace, 'get', 'services') }];
}

const workloadNote = (namespace: string, workload: ReadWorkload): Observation => ({
  what: 'exists.workload',
  params: {
    workload: nameOf(workload),
    ports: declaredPorts({ spec: workload.podSpec }).map(
      ({ containerPort, protocol }) => `${containerPort}/${protocol}`,
    ),
  },
  command: kubectl(namespace, 'get', nameOf(workload).toLowerCase(), '-o', 'wide'),
});

const elsewhereNote = (service: string, namespaces: readonly string[]): Observation => ({
  what: 'exists.elsewhere',
  params: { service, namespaces },
  command: kubectl(undefined, 'get', 'services', '-A', '--field-selector', `metadata.name=${service}`),
});

async function noNamespace(facts: Facts, { elsewhere, obstacles }: Nearby): Promise<Outcome> {
  const { namespace, service } = facts.target;
  const { near, obstacles: more } = await nearNamespaces(facts);
  const evidence: Observation[] = [
    { what: 'exists.namespaces', params: { namespace, near }, command: kubectl(undefined, 'get', 'namespaces') },
    ...(elsewhere.length > 0 ? [elsewhereNote(service, elsewhere)] : []),
  ];
  const better = elsewhere.filter((name) => near.includes(name));
  const candidates = better.length > 0 ? better : elsewhere.length > 0 ? elsewhere : near;
  const finding: Finding = {
    ...common,
    code: 'exists/no-namespace',
    params: { namespace, service, near, elsewhere },
    evidence,
    remedies:
      candidates.length > 0
        ? [{ id: 'use-namespace', commands: candidates.slice(0, 3).map((name) => kubectl(name, 'get', 'services')) }]
        : [{ id: 'list', commands: [kubectl(undefined, 'get', 'namespaces')] }],
  };
  return outcome({ findings: [finding], observations: evidence, obstacles: [...obstacles, ...more] });
}
