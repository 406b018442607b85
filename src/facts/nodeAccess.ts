/** Ways to look at a node, the least one first: what somebody ran there, exec in its kube-proxy pod, a pod of our own. */
import type { ExecResult } from '../model/cluster.ts';
import { type Fact, known, type Obstacle, unknown } from '../model/fact.ts';
import { NODE_PROGRAMS, type NodeProgram, nodeCommand } from '../model/nodeShell.ts';
import { type NodeOutput, parseNodeOutput } from '../parse/nodeOutput.ts';
import type { World } from './facts.ts';
import { kubeProxyOn } from './kubeProxyPods.ts';

export interface Printed {
  text: string;
  via: 'file' | 'kube-proxy' | 'node-shell';
  /** Of `kube-proxy`: its pod. */
  pod?: string;
}

const LIMIT_MS = 10_000;
/** Rules of thousands of Services are megabytes. */
const LIMIT_BYTES = 32 * 1024 * 1024;

/** A program by its name; `argv` where it is asked for less than usual. */
export interface Program {
  name: NodeProgram;
  argv?: readonly string[];
}

const argvOf = ({ name, argv }: Program): readonly string[] => argv ?? NODE_PROGRAMS[name];

/** Runs the first of these programs that there is, by the least way that there is. */
export async function printedOn(world: World, node: string, ...programs: Program[]): Promise<Fact<Printed>> {
  const fromFile = recordedOn(world, node, programs);
  if (fromFile) return fromFile;
  if (!world.facts.consent.nodeChecks) return unknown({ kind: 'not-consented', flag: '--node-checks yes' });
  const inProxy = await inKubeProxy(world, node, programs);
  if (inProxy.known || inProxy.obstacle.kind === 'cancelled') return inProxy;
  const inShell = await inNodeShell(world, node, programs);
  return inShell.known ? inShell : unknown(needsNode(node, inShell.obstacle, inProxy.obstacle));
}

/** A program of the node itself, which no image has. */
export async function hostPrinted(world: World, node: string, program: NodeProgram): Promise<Fact<Printed>> {
  return recordedOn(world, node, [{ name: program }]) ?? inNodeShell(world, node, [{ name: program }]);
}

/** Without consent to a pod of ours, that consent is what is missing; else what was in its way. */
function needsNode(node: string, shell: Obstacle, proxy: Obstacle): Obstacle {
  if (shell.kind === 'cancelled') return shell;
  const because = shell.kind === 'not-consented' && proxy.kind !== 'not-applicable' ? proxy : shell;
  return { kind: 'needs-node', node, because, command: nodeCommand(node) };
}

const outputOf = ({ nodeOutputs }: World, node: string): NodeOutput | undefined =>
  nodeOutputs.map(parseNodeOutput).find((output) => output.node === node);

function recordedOn(world: World, node: string, programs: readonly Program[]): Fact<Printed> | undefined {
  const printed = outputOf(world, node)?.printed;
  const text = programs.map(({ name }) => printed?.[name]).find((one) => one !== undefined && one.trim() !== '');
  return text === undefined ? undefined : known({ text, via: 'file' });
}

async function inKubeProxy(world: World, node: string, programs: readonly Program[]): Promise<Fact<Printed>> {
  const found = await world.facts.ask(kubeProxyOn(node));
  if (!found.known) return found;
  const { name, namespace = 'kube-system' } = found.value?.metadata ?? {};
  if (!name) return unknown({ kind: 'not-applicable', reason: `no kube-proxy runs on ${node}` });
  const container = found.value?.spec?.containers.find((one) => one.name === 'kube-proxy')?.name;
  return firstOf(programs, async (program) => {
    const ran = await world.cluster.exec(
      { namespace, name },
      {
        argv: argvOf(program),
        ...(container && { container }),
        timeoutMs: LIMIT_MS,
        maxBytes: LIMIT_BYTES,
      },
    );
    return read(ran, program, name, { via: 'kube-proxy', pod: name });
  });
}

/** What the programs of our image do as well, since they share the node's network. */
const OF_IMAGE: readonly NodeProgram[] = ['network', 'proxy-health', 'proxy-mode'];

const inNodeShell = (world: World, node: string, programs: readonly Program[]): Promise<Fact<Printed>> =>
  firstOf(programs, async (program) => {
    const query = { argv: argvOf(program), timeoutMs: LIMIT_MS, maxBytes: LIMIT_BYTES };
    const places = OF_IMAGE.includes(program.name) ? (['image'] as const) : (['host', 'image'] as const);
    return firstOf(places, async (on) =>
      read(await world.nodeShell(node, { ...query, on }), program, node, { via: 'node-shell' }),
    );
  });

/** The first that can be known; else the obstacle of the first one. */
async function firstOf<T, R>(items: readonly T[], attempt: (item: T) => Promise<Fact<R>>): Promise<Fact<R>> {
  let first: Fact<R> | undefined;
  for (const item of items) {
    const result = await attempt(item);
    if (result.known) return result;
    first ??= result;
    if (!worthAnother(result.obstacle)) break;
  }
  return first ?? unknown({ kind: 'not-applicable', reason: 'nothing to run' });
}

/** Another program may be there where this one is missing or fails; a right that is missing stays missing. */
const worthAnother = (obstacle: Obstacle): boolean =>
  obstacle.kind === 'no-probe' && ['no-tool', 'no-shell', 'other'].includes(obstacle.reason);

function read(ran: Fact<ExecResult>, program: Program, where: string, how: Omit<Printed, 'text'>): Fact<Printed> {
  if (!ran.known) return ran;
  const { exitCode, stdout, stderr, truncated } = ran.value;
  if (!truncated && (exitCode === 0 || isEnough(program.name, stdout))) return known({ text: stdout, ...how });
  const why = truncated
    ? 'it prints more than can be read'
    : (stderr || stdout).trim().slice(0, 200) || `exit ${exitCode}`;
  const message = `${argvOf(program)[0]} on ${where}: ${why}`;
  return unknown({ kind: 'no-probe', reason: exitCode === 127 ? 'no-tool' : 'other', message });
}

/** grep fails where one of its files is not there, and prints the others all the same. */
const isEnough = (program: NodeProgram, stdout: string): boolean => program === 'network' && stdout.trim() !== '';
