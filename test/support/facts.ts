import type { Facts } from '../../src/facts/facts.ts';
import { FactStore } from '../../src/facts/store.ts';
import { known, type Obstacle, unknown } from '../../src/model/fact.ts';
import type { NodeShell } from '../../src/model/nodeShell.ts';
import type {
  AskFrom,
  Attempt,
  ConnectAnswer,
  ConnectOutcome,
  Enter,
  ProbeAnswers,
  ProbeQuestion,
  Prober,
  Vantage,
} from '../../src/model/probe.ts';
import type { Consent, Target } from '../../src/model/target.ts';
import { type FakeCluster, fakeCluster } from './fakeCluster.ts';

/** The moment at which tests take place. */
export const NOW = Date.parse('2026-11-23T09:00:00Z');

/** A timestamp so many seconds before {@link NOW}. */
export const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString().replace('.000', '');

/** How connections end, by `ADDRESS:PORT`: one outcome for all tries, or one for each in turn. What is not listed is silent. */
export type Connections = Readonly<Record<string, ConnectOutcome | Attempt | readonly (ConnectOutcome | Attempt)[]>>;

export interface World extends FakeCluster {
  target?: Partial<Target>;
  consent?: Partial<Consent>;
  /** Absent: nothing may be asked from inside the cluster. */
  connections?: Connections;
  /** Answers to questions other than connections; what it leaves undefined was lost. */
  answer?: (question: ProbeQuestion) => ProbeAnswers['answers'][number] | undefined;
  vantage?: Partial<Vantage>;
  /** What was asked for, where that is not the vantage point itself. */
  prober?: Pick<Prober, 'id'>;
  /** Further vantage points. */
  vantages?: readonly Pick<World, 'connections' | 'answer' | 'vantage'>[];
  /** What a program prints on a node, by `NODE PROGRAM ARGUMENTS`; needs consent to node shells. */
  nodes?: Readonly<Record<string, string>>;
  /** Why a node shell cannot be had. */
  nodeObstacle?: Obstacle;
  /** Texts of --node-output. */
  nodeOutputs?: readonly string[];
  /** What a backend meets when it asks its own Service, as `connections`. Absent: it cannot be asked. */
  self?: Connections;
  /** It has no shell, and can only be asked from an ephemeral container. */
  noShell?: boolean;
}

/** Facts about a cluster made up for a test. Without target: Service `web` of namespace `shop`. */
export function factsOf(world: World): Facts & { asked: string[] } {
  const cluster = fakeCluster(world);
  const target: Target = { namespace: 'shop', service: 'web', scheme: 'auto', forSeconds: 0, ...world.target };
  const probes = world.connections !== undefined || world.answer !== undefined;
  const consent: Consent = { probe: probes, nodeChecks: false, ...world.consent };
  const others = (world.vantages ?? []).map((other) => fakeProber({ ...world, ...other }, target.namespace));
  const probers = probes ? [fakeProber(world, target.namespace), ...others] : [];
  const askFrom: AskFrom = async (_cluster, { container }, questions) =>
    world.self && (!world.noShell || container === 'svc-debug-entered')
      ? known({
          answers: questions.map((q) => (q.ask === 'connect' ? connected(q, world.self ?? {}) : null)),
          tools: ['fake'],
        })
      : unknown({ kind: 'no-probe', reason: 'no-shell', message: 'no shell' });
  const nodeShell: NodeShell = async (node, { argv }) => {
    const stdout = consent.nodeShell ? world.nodes?.[`${node} ${argv.join(' ')}`] : undefined;
    return stdout === undefined
      ? unknown(world.nodeObstacle ?? { kind: 'not-consented', flag: '--node-checks yes' })
      : known({ exitCode: 0, stdout, stderr: '', truncated: false, durationMs: 80 });
  };
  const enter: Enter = async (vantage) => known({ ...vantage, container: 'svc-debug-entered' });
  const { nodeOutputs = [] } = world;
  const store = new FactStore(cluster, { askFrom, enter, nodeShell, nodeOutputs, pause: async () => undefined });
  const given = nodeOutputs.length > 0 ? { ...consent, nodeOutput: true } : consent;
  const facts = store.facts({ target, now: NOW, probers, consent: given });
  return Object.assign(facts, { asked: cluster.asked });
}

function fakeProber({ connections = {}, answer, vantage, prober }: World, namespace: string): Prober {
  const place: Vantage = {
    id: `probe/${namespace}/node1`,
    kind: 'probe',
    namespace,
    pod: 'probe',
    node: 'node1',
    labels: {},
    ...vantage,
  };
  const reply = (question: ProbeQuestion) =>
    answer?.(question) ?? (question.ask === 'connect' ? connected(question, connections) : null);
  return {
    id: prober?.id ?? place.id,
    kind: place.kind,
    vantage: async () => known(place),
    ask: async (questions) => known({ answers: questions.map(reply), tools: ['fake'] }),
  };
}

function connected(question: Extract<ProbeQuestion, { ask: 'connect' }>, connections: Connections): ConnectAnswer {
  const heard = connections[`${question.address}:${question.port}`] ?? 'silent';
  const script = (Array.isArray(heard) ? heard : [heard]) as readonly (ConnectOutcome | Attempt)[];
  const tries = Array.from({ length: question.tries }, (_, i) => script[i % script.length] ?? 'silent');
  return { attempts: tries.map((one) => (typeof one === 'string' ? { outcome: one, durationMs: 4 } : one)) };
}
