import { logOf } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import type { PodStates } from '../../facts/podStates.ts';
import { type Command, kubectl } from '../../model/command.ts';
import { aboutBackends } from '../../model/diagnosis.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import { groupBy } from '../../model/group.ts';
import type { Pod } from '../../model/kubernetes.ts';
import type { PodProblem } from '../../model/podProblem.ts';
import type { PodState } from '../../model/podState.ts';
import { workloadOf } from '../../model/workload.ts';
import { apart } from '../apart.ts';
import { type Affected, stateFinding } from './stateFinding.ts';
import { waitsFor } from './waitsFor.ts';

/** Problems that keep a pod from serving and that this step owns; endings and departures are for `endpoints`. */
type Owned = Exclude<PodProblem, { kind: 'finished' | 'terminating' }>;

interface Troubled {
  state: PodState;
  problem: Owned;
}

/** What decides how grave a trouble is. */
interface Circumstances {
  pods: readonly Pod[];
  /** Ready pods that did not answer when asked. */
  failing: readonly string[];
  /** publishNotReadyAddresses: pods that are not ready get requests all the same. */
  published: boolean;
}

/**
 * What keeps pods of the Service from serving, pods with the same trouble together.
 * Errors only when no pod is left that serves: a stuck rollout beside healthy old pods breaks nothing. A pod that is
 * ready is in trouble only where it did not answer: restarts are a past.
 */
export async function stateFindings(
  facts: Facts,
  { states }: PodStates,
  { pods, failing, published }: Circumstances,
): Promise<Finding[]> {
  const counted = states.filter(({ problem }) => problem?.kind !== 'finished' && problem?.kind !== 'terminating');
  const troubled = counted.flatMap((state): Troubled[] => {
    const problem = ownedProblem(state);
    return problem ? [{ state, problem }] : [];
  });
  const out = troubled.filter(({ state }) => (!state.problem || published ? failing.includes(state.name) : true));
  const everyone = out.length === counted.length;
  const groups = groupBy(troubled, ({ state, problem }) => {
    const grave = out.some((one) => one.state === state) && (everyone || failing.includes(state.name));
    return `${grave ? 'error' : 'warning'} ${problem.kind} ${'container' in problem ? problem.container : ''}`;
  });
  return Promise.all(
    [...groups].map(async ([key, group]) => {
      const [first] = group as [Troubled, ...Troubled[]];
      const affected = await described(facts, first, group, pods, group.length === counted.length);
      const well = counted.filter(({ ready, name }) => ready && !failing.includes(name)).map(({ name }) => name);
      const differs = await apart(facts, affected.pods, well);
      return stateFinding(first.problem, key.startsWith('error') ? 'error' : 'warning', {
        ...affected,
        evidence: [...affected.evidence, ...differs],
      });
    }),
  );
}

/**
 * The problem that keeps a pod from serving. A container that dies again and again is one even while its pod is ready;
 * endings and departures are for `endpoints`.
 */
function ownedProblem({ problem, containers }: PodState): Owned | undefined {
  if (problem) return problem.kind === 'finished' || problem.kind === 'terminating' ? undefined : problem;
  const dying = containers.find(({ kind, crashLooping }) => kind !== 'init' && crashLooping);
  if (!dying) return undefined;
  const { name, restarts, lastTermination } = dying;
  return { kind: 'crash-loop', container: name, restarts, ...(lastTermination && { last: lastTermination }) };
}

async function described(
  facts: Facts,
  { state, problem }: Troubled,
  group: readonly Troubled[],
  pods: readonly Pod[],
  everyone: boolean,
): Promise<Affected> {
  const pod = pods.find(({ metadata }) => metadata?.name === state.name) ?? {};
  const { kind, name } = workloadOf(pod);
  const container = 'container' in problem ? (problem.container ?? '') : '';
  const words = await lastWords(facts, state, problem);
  const waits = problem.kind === 'init-blocked' ? await waitsFor(facts, pod, container) : [];
  return {
    namespace: state.namespace,
    pod: state.name,
    pods: group.map((one) => one.state.name),
    container,
    workload: `${kind.toLowerCase()}/${name}`,
    node: state.node ?? '',
    lastLine: words.at(-1) ?? '',
    subject: aboutBackends(
      group.map((one) => one.state.name),
      everyone,
    ),
    evidence: [...evidenceOf(state, problem, words), ...waits],
  };
}

/** So many lines are told: the last one alone is often the foot of a stack trace. */
const LAST_LINES = 2;

/** The last lines that a container wrote before it died, or that an init container writes while it waits. */
async function lastWords(facts: Facts, state: PodState, problem: Owned): Promise<string[]> {
  if (problem.kind !== 'crash-loop' && problem.kind !== 'init-blocked') return [];
  const running = state.containers.find(({ name }) => name === problem.container)?.state === 'running';
  const restarted = problem.restarts > 0 && problem.kind === 'crash-loop';
  const log = await facts.ask(
    logOf(state.namespace, state.name, problem.container, { tailLines: 10, previous: restarted && running }),
  );
  const lines = (valueOr(log, null) ?? '').split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-LAST_LINES).map((line) => line.trim().slice(0, 200));
}

function evidenceOf({ namespace, name }: PodState, problem: Owned, last: readonly string[]): Observation[] {
  const describe: Command = kubectl(namespace, 'describe', 'pod', name);
  const words = last.map((line): Observation => {
    const command = kubectl(namespace, 'logs', name, '--tail=10');
    return { what: 'pods.log', params: { pod: name, line }, command };
  });
  switch (problem.kind) {
    case 'crash-loop': {
      const { container, last: ended } = problem;
      const logs = kubectl(namespace, 'logs', name, '-c', container, '--previous', '--tail=20');
      const params = { pod: name, container, exitCode: ended?.exitCode ?? 0, reason: ended?.reason ?? '' };
      return [{ what: 'pods.terminated', params, command: logs }, ...words];
    }
    case 'image-pull':
    case 'config-error':
      return [
        {
          what: 'pods.waiting',
          params: { pod: name, reason: problem.reason, message: problem.message },
          command: describe,
        },
      ];
    case 'init-blocked':
      return [
        {
          what: 'pods.waiting',
          params: { pod: name, reason: `init container ${problem.container}`, message: problem.state },
          command: describe,
        },
        ...words,
      ];
    case 'readiness-gate':
      return [
        {
          what: 'pods.event',
          params: { pod: name, message: `not set: ${problem.gates.join(', ')}` },
          command: describe,
        },
      ];
    default:
      return [
        { what: 'pods.event', params: { pod: name, message: problem.message || 'not ready' }, command: describe },
      ];
  }
}
