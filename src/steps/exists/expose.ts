import type { Reference } from '../../facts/references.ts';
import type { ReadWorkload } from '../../facts/workloads.ts';
import { type Command, kubectl } from '../../model/command.ts';
import { stableLabels } from '../../model/labels.ts';
import { type DeclaredPort, declaredPorts } from '../../model/ports.ts';
import { printLabels } from '../../model/selector.ts';
import type { Target } from '../../model/target.ts';

/** Ports behind which a web server usually stands, and which clients expect as 80. */
const WEB = /^(80|3000|5000|8000|8080|8081|9376)$/;

/**
 * The commands that make the missing Service for a workload of its name. Its port is the one that was asked for or that
 * someone refers to, else 80 for a web server, else the container's own.
 * `kubectl expose` takes Deployments, and neither StatefulSets nor DaemonSets.
 */
export function exposeCommands(target: Target, workload: ReadWorkload, referrers: readonly Reference[]): Command[] {
  const { namespace } = target;
  const declared = declaredPorts({ spec: workload.podSpec });
  const [first, ...rest] = declared;
  const wanted = wantedPort(target, referrers);
  if (workload.kind !== 'Deployment') return createCommands(target, workload, declared, wanted);
  const expose = ['expose', 'deployment', workload.name];
  if (!first) return [kubectl(namespace, ...expose, `--port=${wanted ?? 80}`, '--target-port=PORT')];
  // without flags kubectl takes every port that the containers declare
  if (rest.length > 0 && wanted === undefined) return [kubectl(namespace, ...expose)];
  const protocol = first.protocol === 'TCP' ? [] : [`--protocol=${first.protocol}`];
  const ports = [`--port=${wanted ?? portFor(first)}`, `--target-port=${first.containerPort}`];
  return [kubectl(namespace, ...expose, ...ports, ...protocol)];
}

function createCommands(
  { namespace, service }: Target,
  { templateLabels }: ReadWorkload,
  declared: readonly DeclaredPort[],
  wanted: string | undefined,
): Command[] {
  const tcp = declared.filter(({ protocol }) => protocol === 'TCP').map(({ containerPort }) => containerPort);
  const [only = 'PORT', ...rest] = tcp;
  const pairs = rest.length > 0 ? tcp.map((number) => `${number}:${number}`) : [`${wanted ?? 80}:${only}`];
  return [
    kubectl(namespace, 'create', 'service', 'clusterip', service, ...pairs.map((pair) => `--tcp=${pair}`)),
    kubectl(namespace, 'set', 'selector', 'service', service, printLabels(stableLabels(templateLabels))),
  ];
}

function wantedPort({ port }: Target, referrers: readonly Reference[]): string | undefined {
  return [port, ...referrers.map((reference) => reference.port)].find((one) => one !== undefined && /^\d+$/.test(one));
}

const portFor = ({ containerPort, name, protocol }: DeclaredPort): number =>
  protocol === 'TCP' && (WEB.test(String(containerPort)) || /^(http|web)(-|$)/.test(name ?? '')) ? 80 : containerPort;
