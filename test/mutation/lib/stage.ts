import type { Values } from '../../e2e/lib/case.ts';
import { fill } from '../../e2e/lib/case.ts';
import type { Cluster } from '../../e2e/lib/cluster.ts';
import type { Result } from '../../e2e/lib/command.ts';
import type { Drawn } from './draw.ts';
import type { Thing } from './objects.ts';

/** Marks the namespaces of one run. */
const LABEL = 'mutation-run';

/** A mutation in the cluster, in namespaces of its own. */
export interface Stage {
  drawn: Drawn;
  cluster: Cluster;
  signal: AbortSignal;
  values: Values;
  namespaces: string[];
  /** Namespace of the client. */
  clientNamespace: string;
}

interface Options {
  cluster: Cluster;
  /** What is known of the cluster, such as $DNS. */
  common: Values;
  /** Marks what belongs to this run. */
  run: string;
  signal: AbortSignal;
}

/** What could not be played says nothing about the program under test. */
export class Unplayable extends Error {}

/** Makes the objects. @throws Unplayable when the API server refuses them. */
export async function raise(drawn: Drawn, { cluster, common, run, signal }: Options): Promise<Stage> {
  const values = { ...common, NS: `mutation-${drawn.seed}-${run}` };
  const objects = drawn.scene.objects.map((object) => JSON.parse(fill(JSON.stringify(object), values)) as Thing);
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  const stage: Stage = {
    ...{ drawn, cluster, signal, values },
    namespaces: namespaces.map(({ metadata }) => metadata.name),
    clientNamespace: fill(drawn.scene.clientNamespace, values),
  };
  try {
    await apply(
      stage,
      namespaces.map((namespace) => labelled(namespace, run)),
    );
    await apply(
      stage,
      objects.filter(({ kind }) => kind !== 'Namespace'),
    );
  } catch (error) {
    await clear(stage);
    throw error;
  }
  return stage;
}

const labelled = (namespace: Thing, run: string): Thing => ({
  ...namespace,
  metadata: { ...namespace.metadata, labels: { ...namespace.metadata.labels, [LABEL]: run } },
});

async function apply({ cluster, signal }: Stage, items: readonly Thing[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  // a simulated API server may have no schema to validate by
  const { exit, stderr } = await cluster.kubectl('apply --validate=warn -f -', { input, signal });
  if (exit !== 0 || stderr.includes('unknown field'))
    throw new Unplayable(`refused: ${stderr.trim().split('\n').at(-1)?.slice(0, 200)}`);
}

/** Removes it, without waiting for the end. */
export async function clear({ cluster, namespaces }: Stage): Promise<void> {
  await cluster.kubectl(['delete', 'namespace', '--wait=false', '--ignore-not-found', ...namespaces]);
  for (const namespace of namespaces)
    await cluster.kubectl(['-n', namespace, 'delete', 'pods', '--all', '--grace-period=1', '--wait=false']);
}

/** Removes what is left of a run, and waits until it is gone. What kubectl says when it is not. */
export async function clearAll(cluster: Cluster, run: string): Promise<string> {
  const result: Result = await cluster.kubectl(
    ['delete', 'namespace', '-l', `${LABEL}=${run}`, '--ignore-not-found', '--timeout=120s'],
    { timeoutMs: 150_000 },
  );
  return result.exit === 0 ? '' : result.stderr.trim();
}
