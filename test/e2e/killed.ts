/**
 * Kills svc-debug at random moments while it looks at a node with a privileged pod, and sees what stays behind.
 *
 *   killed.ts [--kubeconfig FILE] [--runs N] [--seed N] [--bounded] [--node-command 'PROGRAM ARG']
 *
 * After Ctrl-C and SIGTERM nothing may stay. After SIGKILL a pod may, until its deadline; then `svc-debug cleanup`
 * removes the dead pod. The rules of the node must be at the end what they were at the start.
 * --bounded is short and waits for no deadline: `svc-debug cleanup` knows on this machine that the runs are over. --seed repeats the
 * moments of a run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { random } from '../hardening/lib/faults.ts';
import { loadCases } from './lib/case.ts';
import { type Cluster, connect } from './lib/cluster.ts';
import { poll, run } from './lib/command.ts';
import { clear, filled, play, raise, type Stage } from './lib/stage.ts';

const PROGRAM = resolve('bin/svc-debug.js');
/** No kube-proxy runs on the client's node there: whoever wants to read its rules needs a pod of his own. */
const CASE = 'kube-proxy-stale-rules';
const MINE = 'app.kubernetes.io/managed-by=svc-debug';
const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const;
/** Moments that lie apart as far as their number allows, in any number of them. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** A whole run on a machine that is not too busy; --bounded does not measure it. */
const USUAL_MS = 10_000;
/** What a pod may live after the last kill: two minutes, and the kubelet's time to end it. */
const DEAD_WITHIN_MS = 180_000;
/** Removing takes at most five seconds of the program's own. */
const GONE_WITHIN_MS = 10_000;

const { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string' },
    bounded: { type: 'boolean', default: false },
    'node-command': { type: 'string' },
  },
});

interface Left {
  name: string;
  phase: string;
  privileged: boolean;
  deadline: number;
}

async function left({ kubectl }: Cluster): Promise<Left[]> {
  const found = await kubectl(`get pods -A -l ${MINE} -o json`);
  if (found.exit !== 0) throw new Error(found.stderr);
  return (JSON.parse(found.stdout) as { items: Pod[] }).items.map(({ metadata, spec, status }) => ({
    name: `${metadata.namespace}/${metadata.name}`,
    phase: status?.phase ?? '',
    privileged: spec.containers.some(({ securityContext }) => securityContext?.privileged),
    deadline: spec.activeDeadlineSeconds ?? Number.POSITIVE_INFINITY,
  }));
}

interface Pod {
  metadata: { namespace: string; name: string };
  spec: { activeDeadlineSeconds?: number; containers: { securityContext?: { privileged?: boolean } }[] };
  status?: { phase?: string };
}

const rules = async ({ nodeCommand }: Cluster, node: string): Promise<string> => {
  const [program = '', ...before] = (nodeCommand ?? '').split(/\s+/);
  const { stdout } = await run(program, [...before, node, 'iptables-save']);
  return stdout.replace(/^#.*$|\[\d+:\d+\]$/gm, '');
};

const start = ({ played, values, cluster }: Stage): ChildProcess =>
  spawn(
    process.execPath,
    [PROGRAM, played.service, '-n', values.NS!, '--yes', '--no-input', ...filled(played.args ?? [], values)],
    { stdio: 'ignore', env: { ...process.env, KUBECONFIG: cluster.kubeconfig } },
  );

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((done) => (child.exitCode === null && child.signalCode === null ? child.once('exit', done) : done()));

interface Killed {
  /** False: it was done by itself. */
  alive: boolean;
  /** Its privileged pod was there when it was ended. */
  privileged: boolean;
}

/** Runs it for some milliseconds, counted from its start or from when its privileged pod is there, and ends it. */
async function killed(stage: Stage, { how, afterMs, from }: Moment): Promise<Killed> {
  const before = new Set((await left(stage.cluster)).map(({ name }) => name));
  const child = start(stage);
  const over = ended(child);
  let [watching, privileged] = [true, false];
  const watch = (async () => {
    while (watching) {
      const there = await left(stage.cluster);
      if (!watching) return;
      privileged = there.some((pod) => pod.privileged && !before.has(pod.name));
      if (privileged && from === 'pod') return;
    }
  })();
  if (from === 'pod') await Promise.race([over, watch]);
  await Promise.race([over, new Promise((done) => setTimeout(done, afterMs))]);
  watching = false;
  const alive = child.exitCode === null;
  if (alive) child.kill(how);
  await Promise.all([over, watch]);
  return { alive, privileged: alive && privileged };
}

interface Moment {
  how: NodeJS.Signals;
  afterMs: number;
  from: 'start' | 'pod';
}

/** Every other run is ended while its pod is there, or is being made. */
const WITH_POD_MS = 1500;

function momentOf(i: number, first: number, wholeMs: number): Moment {
  const [how = 'SIGKILL'] = SIGNALS.slice(i % SIGNALS.length);
  const from = i % 2 === 0 ? 'pod' : 'start';
  const part = (first + i * GOLDEN) % 1;
  return { how, from, afterMs: Math.round(part * (from === 'pod' ? WITH_POD_MS : wholeMs)) };
}

/** One run after the other; how many were killed, and how many left a privileged pod for their deadline. */
async function killing(stage: Stage, runs: number, wholeMs: number, seed: number) {
  const { cluster, signal } = stage;
  const count = { killed: 0, privileged: 0, leftPrivileged: 0 };
  const complaints: string[] = [];
  const first = random(seed)();
  for (let i = 0; i < runs; i++) {
    const moment = momentOf(i, first, wholeMs);
    const { how, afterMs, from } = moment;
    const before = new Set((await left(cluster)).map(({ name }) => name));
    const { alive, privileged } = await killed(stage, moment);
    count.killed += Number(alive);
    count.privileged += Number(privileged);
    const fresh = async () => (await left(cluster)).filter(({ name }) => !before.has(name));
    if (how !== 'SIGKILL' && !(await poll(GONE_WITHIN_MS, signal, async () => (await fresh()).length === 0)))
      complaints.push(`${how} ${afterMs} ms after ${from} left ${(await fresh()).map(({ name }) => name).join(', ')}`);
    const there = await fresh();
    count.leftPrivileged += there.filter(({ privileged }) => privileged).length;
    for (const { name, deadline } of there) if (deadline > 120) complaints.push(`${name} may live ${deadline} s`);
    console.log(
      `${how} ${afterMs} ms after ${from}: ${there.map(({ name, phase }) => `${name} ${phase}`).join(', ') || '-'}`,
    );
  }
  // without one of them nothing was shown
  if (count.privileged === 0) complaints.push('no run was ended while its privileged pod was there');
  return { ...count, complaints };
}

/** At the end no container runs any more, `svc-debug cleanup` removes what is left of them, and nothing is left. */
async function after({ cluster, signal, values }: Stage, before: string): Promise<string[]> {
  const complaints: string[] = [];
  const isDead = async () => (await left(cluster)).every(({ phase }) => phase === 'Failed' || phase === 'Succeeded');
  if (!flags.bounded && !(await poll(DEAD_WITHIN_MS, signal, isDead)))
    complaints.push('a container outlived its deadline');
  const cleanup = await run(process.execPath, [PROGRAM, 'cleanup'], { env: { KUBECONFIG: cluster.kubeconfig } });
  if (cleanup.exit !== 0) complaints.push(`cleanup: exit ${cleanup.exit} ${cleanup.stderr}`);
  const gone = async () => (await left(cluster)).length === 0;
  if (!(await poll(GONE_WITHIN_MS, signal, gone))) complaints.push('cleanup left a pod');
  if (cluster.nodeCommand && (await rules(cluster, values.NODE1!)) !== before)
    complaints.push('the rules of the node are not what they were');
  return complaints;
}

const seed = Number(flags.seed ?? Date.now() % 1_000_000);
const runs = Number(flags.runs ?? (flags.bounded ? 5 : 30));
const cluster = await connect({
  kubeconfig: flags.kubeconfig ?? process.env.KUBECONFIG ?? '',
  hairpin: true,
  own: true,
  ...(flags['node-command'] && { nodeCommand: flags['node-command'] }),
});
const [played] = loadCases(resolve('test/e2e/cases'), CASE);
const stage = await raise(played!, cluster, new AbortController().signal);
try {
  await play(stage);
  const began = Date.now();
  if (!flags.bounded) await ended(start(stage));
  const wholeMs = flags.bounded ? USUAL_MS : Date.now() - began;
  const before = cluster.nodeCommand ? await rules(cluster, stage.values.NODE1!) : '';
  const { complaints, ...count } = await killing(stage, runs, wholeMs, seed);
  complaints.push(...(await after(stage, before)));
  console.log(`seed ${seed}, moments within ${wholeMs} ms; ${count.killed} of ${runs} killed,`);
  console.log(
    `${count.privileged} while their privileged pod was there; ${count.leftPrivileged} were left to their deadline`,
  );
  console.log(complaints.join('\n') || 'nothing is left');
  console.log(`${Number(complaints.length === 0)} passed, ${complaints.length} failed`);
  process.exitCode = complaints.length > 0 ? 1 : 0;
} finally {
  for (const text of await clear(stage)) console.log(`cleaning: ${text}`);
}
