import { execute } from '../api/exec.ts';
import { type ProxyMode, populate } from '../cluster/base.ts';
import { resourceNamed } from '../cluster/resources.ts';
import { World } from '../cluster/world.ts';
import { keeping, nowhere } from '../machine/channel.ts';
import { type KubeObject, type Pod, selects, type Workload } from '../objects.ts';
import { kubectl } from './kubectl.ts';
import { type Action, fill, type Scenario, type Variable, words } from './scenario.ts';

const MINUTE = 60_000;
/** How long ago things happened when the curtain rises. */
const AGO = { cluster: 60 * MINUTE, manifests: 25 * MINUTE };
const BETWEEN_MS = 20_000;
const AFTER_CHANGE_MS = 15_000;

export interface Stage {
  world: World;
  scenario: Scenario;
  /** What the names in the scenario stand for. */
  values: Record<string, string>;
}

/** A cluster in the situation of a scenario, that has been in it for a while. */
export async function stage(scenario: Scenario, namespace: string, now: () => number): Promise<Stage> {
  const { hairpin = true, proxyMode = 'iptables' } = scenario.needs ?? {};
  const world = new World({ from: now() - AGO.cluster, now, hairpin, seed: scenario.folder });
  const mode: ProxyMode = proxyMode;
  await world.change(AGO.cluster - AGO.manifests, () => populate(world, mode));
  const set: Stage = { world, scenario, values: { NS: namespace, NODE1: 'node1', NODE2: 'node2', DNS: '10.96.0.10' } };
  const spaces = [namespace, ...(scenario.namespaces ?? []).map((name) => fill(name, set.values))];
  await world.change(10 * MINUTE, () => {
    for (const name of spaces) kubectl(world, ['create', 'namespace', name]);
    kubectl(world, ['-n', namespace, 'apply', '-f', '-'], fill(scenario.manifests, set.values));
  });
  learn(set);
  for (const action of scenario.break ?? []) await act(set, action, BETWEEN_MS);
  await world.catchUp();
  learn(set);
  return set;
}

/** Does one thing, and lets what follows from it happen. */
export async function act({ world, values }: Stage, action: Action, milliseconds = AFTER_CHANGE_MS): Promise<void> {
  const argv = words('kubectl' in action ? action.kubectl : action.node).map((word) => fill(word, values));
  await world.change(milliseconds, async () => {
    if ('node' in action) return onNode(world, argv);
    const at = argv.indexOf('exec');
    if (at >= 0 && at < argv.indexOf('--')) await exec({ world, values }, argv.toSpliced(at, 1));
    else kubectl(world, ['-n', values.NS ?? '', ...argv], fill('input' in action ? (action.input ?? '') : '', values));
  });
}

/** `ip route del CIDR` and `ip route replace CIDR via ADDRESS` on a node. */
function onNode(world: World, [node = '', ...command]: readonly string[]): void {
  const [, action, cidr] = /^ip route (del|replace) (\S+)/.exec(command.join(' ')) ?? [];
  const lost = world.network.nodes.get(node)?.lostRoutes;
  if (!lost || cidr === undefined) throw new Error(`${command.join(' ')} is not known on ${node}`);
  if (action === 'del') lost.add(cidr);
  else lost.delete(cidr);
}

export interface Said {
  exitCode: number;
  /** Both outputs, as they came. */
  text: string;
}

/** `[-n NAMESPACE] POD|deployment/NAME [-c CONTAINER] -- COMMAND...` */
export async function exec({ world, values }: Pick<Stage, 'world' | 'values'>, argv: readonly string[]): Promise<Said> {
  const at = argv.indexOf('--');
  const before = argv.slice(0, at);
  const after = (flag: string) => (before.includes(flag) ? before[before.indexOf(flag) + 1] : undefined);
  const namespace = after('-n') ?? values.NS ?? 'default';
  const target = before.find((word, i) => !word.startsWith('-') && !/^-[nc]$/.test(before[i - 1] ?? '')) ?? '';
  const pod = podNamed(world, namespace, target.replace(/^pod\//, ''));
  const said = keeping();
  const command = argv.slice(at + 1);
  const { ended } = execute(world, pod, {
    container: after('-c'),
    argv: command,
    input: nowhere(),
    output: said.channel,
    errors: said.channel,
  });
  return { exitCode: await ended, text: said.text() };
}

function podNamed({ store }: World, namespace: string, name: string): Pod {
  const [kind = '', of] = name.split('/');
  const workload = of === undefined ? undefined : store.get<Workload>(resourceNamed(kind)?.kind ?? '', namespace, of);
  const pods = store.list<Pod>('Pod', namespace);
  const selector = workload?.spec.selector;
  const found = selector
    ? pods.find(({ metadata }) => selects(selector, metadata.labels))
    : pods.find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`no pod ${namespace}/${name}`);
  return found;
}

function learn({ world, scenario, values }: Stage): void {
  for (const [name, variable] of Object.entries(scenario.vars ?? {})) {
    const value = meaningOf(world, variable, values);
    if (value) values[name] = value;
  }
}

function meaningOf(world: World, variable: Variable, values: Record<string, string>): string | undefined {
  if ('read' in variable)
    return kubectl(world, ['-n', values.NS ?? '', ...words(variable.read).map((word) => fill(word, values))]);
  const matches = selectorOf(variable.pod);
  const pods = world.store.list<Pod>('Pod', fill(variable.namespace ?? values.NS ?? '', values));
  const node = variable.node === undefined ? undefined : fill(variable.node, values);
  return pods
    .filter((pod) => matches(pod) && (node === undefined || pod.spec.nodeName === node))
    .map(({ metadata }) => metadata.name)
    .sort()[0];
}

const selectorOf = (text: string) => {
  const matchLabels = Object.fromEntries(text.split(',').map((term) => term.split('=')));
  return ({ metadata }: KubeObject) => selects({ matchLabels }, metadata.labels);
};
