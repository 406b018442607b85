import type { Action, Case, Condition, Manifest, Values, Words } from './case.ts';
import { fill, namespaceOf, parseManifests, words } from './case.ts';
import type { Cluster } from './cluster.ts';
import { commonValues, resolve } from './cluster.ts';
import { poll, run } from './command.ts';

const CONDITION_LIMIT_MS = 90_000;
const CLUSTER_SCOPED = /^(Namespace|PriorityClass|RuntimeClass|ClusterRole(Binding)?)$/;

/** A case on the stage: its namespaces, what its names stand for, and what to put back when the curtain falls. */
export interface Stage {
  played: Case;
  cluster: Cluster;
  signal: AbortSignal;
  values: Values;
  namespaces: string[];
  /** Objects outside the namespaces, as they were, newest first. */
  saved: string[];
}

/** What went wrong on the stage is no verdict on the program under test. */
export class StageError extends Error {}

export async function raise(played: Case, cluster: Cluster, signal: AbortSignal): Promise<Stage> {
  const values = await commonValues(cluster, namespaceOf(played.name));
  const namespaces = [values.NS!, ...(played.namespaces ?? []).map((name) => fill(name, values))];
  return { played, cluster, signal, values, namespaces, saved: [] };
}

/** Creates, waits, breaks, and waits until the fault is there. Throws StageError. */
export async function play(stage: Stage): Promise<void> {
  const { played } = stage;
  for (const namespace of stage.namespaces) await makeNamespace(stage, namespace);
  await must(stage, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests(stage) }));
  await learn(stage);
  await hold(stage, played.wait ?? [{ rollout: 'all' }]);
  await learn(stage);
  for (const object of played.protect ?? []) await save(stage, object);
  await act(stage, played.break ?? []);
  await hold(stage, played.settle ?? []);
  await learn(stage);
}

/** One of the same name, of an earlier play, may still be on its way out. */
async function makeNamespace(stage: Stage, namespace: string): Promise<void> {
  const { cluster, signal } = stage;
  const made = await cluster.kubectl(['create', 'namespace', namespace], { signal });
  if (made.exit === 0) return;
  await vanished(cluster, [namespace]);
  await must(stage, ['create', 'namespace', namespace]);
}

/** Waits until the namespaces are gone; what is left of them is told. */
export async function vanished(cluster: Cluster, namespaces: readonly string[]): Promise<string> {
  if (namespaces.length === 0) return '';
  const gone = ['wait', '--for=delete', '--timeout=90s', ...namespaces.map((name) => `namespace/${name}`)];
  return complaint(await cluster.kubectl(gone, { timeoutMs: 100_000 }));
}

async function learn(stage: Stage): Promise<void> {
  stage.values = await resolve(stage.cluster, stage.played.vars ?? {}, stage.values);
}

export const filled = (line: Words, values: Values): string[] => words(line).map((word) => fill(word, values));

export async function act(stage: Stage, actions: readonly Action[]): Promise<void> {
  for (const action of actions) {
    if ('kubectl' in action)
      await must(
        stage,
        ['-n', stage.values.NS!, ...filled(action.kubectl, stage.values)],
        fill(action.input ?? '', stage.values),
      );
    else await onNode(stage, filled(action.node, stage.values));
  }
}

async function must(stage: Stage, args: readonly string[], input = ''): Promise<void> {
  const result = await stage.cluster.kubectl(args, { input, signal: stage.signal });
  if (result.exit !== 0) throw new StageError(`kubectl ${args.join(' ')}: ${result.stderr.trim()}`);
}

async function onNode(stage: Stage, args: readonly string[]): Promise<void> {
  const [program = '', ...before] = words(stage.cluster.nodeCommand ?? '');
  const result = await run(program, [...before, ...args], { signal: stage.signal });
  if (result.exit !== 0) throw new StageError(`${args.join(' ')}: ${result.stderr.trim()}`);
}

/** Throws StageError when one does not come to hold in time. */
async function hold(stage: Stage, conditions: readonly Condition[]): Promise<void> {
  for (const condition of conditions) {
    for (const holds of checks(stage, condition)) {
      if (!(await poll(CONDITION_LIMIT_MS, stage.signal, holds)))
        throw new StageError(`never came true: ${JSON.stringify(condition)}`);
    }
  }
}

function checks(stage: Stage, condition: Condition): (() => Promise<boolean>)[] {
  const ask = (args: readonly string[]) =>
    stage.cluster.kubectl(['-n', stage.values.NS!, ...args], { signal: stage.signal, timeoutMs: CONDITION_LIMIT_MS });
  if ('rollout' in condition) {
    const targets = condition.rollout === 'all' ? workloads(stage) : [filled(condition.rollout, stage.values)];
    return targets.map(
      (target) => async () => (await ask(['rollout', 'status', '--timeout=80s', ...target])).exit === 0,
    );
  }
  if ('kubectl' in condition) return [async () => (await ask(filled(condition.kubectl, stage.values))).exit === 0];
  const pattern = new RegExp(fill(condition.matches, stage.values));
  return [async () => pattern.test((await ask(filled(condition.until, stage.values))).stdout)];
}

/** The objects of the case, each with its namespace. */
function manifests(stage: Stage): Manifest[] {
  return parseManifests(fill(stage.played.manifests, stage.values)).map((manifest) =>
    CLUSTER_SCOPED.test(manifest.kind)
      ? manifest
      : { ...manifest, metadata: { namespace: stage.values.NS!, ...manifest.metadata } },
  );
}

/** The Deployments, StatefulSets and DaemonSets of the manifests, as arguments. */
function workloads(stage: Stage): string[][] {
  return manifests(stage)
    .filter(({ kind }) => /^(Deployment|StatefulSet|DaemonSet)$/.test(kind))
    .map(({ kind, metadata }) => [`${kind.toLowerCase()}/${metadata.name}`, '-n', metadata.namespace!]);
}

async function save(stage: Stage, object: string): Promise<void> {
  const [namespace = '', kind = '', name = ''] = object.split('/');
  const found = await stage.cluster.kubectl(['-n', namespace, 'get', kind, name, '-o', 'json']);
  if (found.exit !== 0) throw new StageError(`cannot save ${object}: ${found.stderr.trim()}`);
  const saved = JSON.parse(found.stdout) as { metadata: Record<string, unknown>; status?: unknown };
  for (const field of ['uid', 'resourceVersion', 'managedFields', 'creationTimestamp', 'generation'])
    delete saved.metadata[field];
  delete saved.status;
  stage.saved.unshift(JSON.stringify(saved));
}

/**
 * Puts back what was broken and removes what was made, without waiting for the namespaces to go. Never throws; says what
 * it could not do.
 */
export async function clear(stage: Stage): Promise<string[]> {
  const undisturbed: Stage = { ...stage, signal: new AbortController().signal };
  const { kubectl } = stage.cluster;
  const complaints: string[] = [];
  for (const input of stage.saved) complaints.push(await putBack(stage, input));
  for (const action of stage.played.restore ?? [])
    await act(undisturbed, [action]).catch((error) => complaints.push(String(error.message)));
  await kubectl(['delete', 'namespace', '--wait=false', '--ignore-not-found', ...stage.namespaces]);
  await Promise.all(
    stage.namespaces.map((namespace) =>
      kubectl(['-n', namespace, 'delete', 'pods', '--all', '--grace-period=1', '--wait=false']),
    ),
  );
  if (stage.saved.length > 0 || stage.played.restored)
    await hold(undisturbed, stage.played.restored ?? []).catch((error) => complaints.push(String(error.message)));
  return complaints.filter((text) => text !== '');
}

/** As it was; made anew where the case deleted it. */
async function putBack({ cluster }: Stage, input: string): Promise<string> {
  const replaced = await cluster.kubectl('replace -f -', { input });
  return complaint(/\(NotFound\)/.test(replaced.stderr) ? await cluster.kubectl('create -f -', { input }) : replaced);
}

const complaint = (result: { exit: number; stderr: string }): string => (result.exit === 0 ? '' : result.stderr.trim());
