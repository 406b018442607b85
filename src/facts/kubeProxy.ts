/** What kube-proxy is known to do on a node, by the API alone or by its own word. */
import { type Fact, known, mapFact, unknown, valueOr } from '../model/fact.ts';
import type { ContainerStatus, Pod } from '../model/kubernetes.ts';
import { type NodeProgram, PROXY_PORTS } from '../model/nodeShell.ts';
import type { ProxyMode } from '../model/proxyRules.ts';
import { type KubeProxyHealth, parseKubeProxyHealth } from '../parse/kubeProxyHealth.ts';
import { type KubeProxyLog, parseKubeProxyLog } from '../parse/kubeProxyLog.ts';
import { logOf } from './api.ts';
import type { Question, World } from './facts.ts';
import { kubeProxyOn, SYSTEM } from './kubeProxyPods.ts';
import { hostPrinted } from './nodeAccess.ts';
import { proxyProductOn } from './proxyProduct.ts';

const TAIL_LINES = 200;

/** Name of the container in its pod: the only one as a rule. */
export const containerOf = ({ spec }: Pod): string =>
  spec?.containers.find(({ name }) => name === 'kube-proxy')?.name ?? spec?.containers[0]?.name ?? 'kube-proxy';

export type { KubeProxyLog };

/** What the kube-proxy of a node last said; where it was restarted, what the container before said as well. */
export const kubeProxyLogOn = (node: string): Question<KubeProxyLog> => ({
  key: `log of kube-proxy on ${node}`,
  ask: async ({ facts }): Promise<Fact<KubeProxyLog>> => {
    const pod = await facts.ask(kubeProxyOn(node));
    if (!pod.known) return pod;
    const name = pod.value?.metadata?.name;
    if (!pod.value || !name) return unknown({ kind: 'not-applicable', reason: `no kube-proxy runs on ${node}` });
    const options = { tailLines: TAIL_LINES, timestamps: true };
    const container = containerOf(pod.value);
    const [current, previous] = await Promise.all([
      facts.ask(logOf(SYSTEM, name, container, options)),
      endedBadly(pod.value) ? facts.ask(logOf(SYSTEM, name, container, { ...options, previous: true })) : known(null),
    ]);
    if (!current.known && !previous.known) return current;
    return known(parseKubeProxyLog(`${valueOr(previous, null) ?? ''}\n${valueOr(current, null) ?? ''}`));
  },
});

const statusOf = (pod: Pod | null): ContainerStatus | undefined =>
  (pod?.status?.containerStatuses ?? []).find(({ name }) => pod && name === containerOf(pod));

const endedBadly = (pod: Pod): boolean => {
  const { state, lastState, restartCount = 0 } = statusOf(pod) ?? {};
  if (restartCount > 0 && !state?.running) return true;
  return [state, lastState].some((one) => (one?.terminated?.exitCode ?? 0) !== 0);
};

/** A restart this long ago is over: the kubelet waits five minutes at most between two of them. */
const STAYS_UP_MS = 5 * 60_000;

/**
 * Whether it starts and ends again and again. Between two ends it shows as running, and as ready, since it has no
 * readiness probe; as terminated; and only then as CrashLoopBackOff.
 */
export function crashed(pod: Pod | null, now: number): boolean {
  const { state, lastState, restartCount = 0 } = statusOf(pod) ?? {};
  if (state?.waiting?.reason === 'CrashLoopBackOff') return true;
  if (state?.terminated) return state.terminated.exitCode !== 0;
  const ended = lastState?.terminated;
  if (!state?.running || !ended || ended.exitCode === 0 || restartCount < 2) return false;
  return (
    now - Date.parse(state.running.startedAt ?? '') < LASTS_MS && now - Date.parse(ended.finishedAt ?? '') < STAYS_UP_MS
  );
}

/** A kube-proxy that fails to start fails within seconds. */
const LASTS_MS = 20_000;

/** Its own verdict on itself, by a port-forward to its pod, else asked on the node: that is where it listens. */
export const kubeProxyHealthOn = (node: string): Question<KubeProxyHealth> => ({
  key: `health of kube-proxy on ${node}`,
  ask: async (world) =>
    toldOn(world, node, { port: PROXY_PORTS.health, path: '/healthz', program: 'proxy-health' }, parseKubeProxyHealth),
});

/** The mode that it runs in, by its own word; its log says so only at the start, and is turned over. */
export const kubeProxyModeOn = (node: string): Question<ProxyMode> => ({
  key: `mode that kube-proxy tells on ${node}`,
  ask: async (world) =>
    toldOn(world, node, { port: PROXY_PORTS.status, path: '/proxyMode', program: 'proxy-mode' }, (text) => {
      const said = /\n(iptables|nftables|ipvs)\s*$/.exec(text)?.[1];
      return /^HTTP\/[\d.]+ 200/.test(text) ? (said as ProxyMode | undefined) : undefined;
    }),
});

interface Asked {
  port: number;
  path: string;
  program: NodeProgram;
}

async function toldOn<T>(
  world: World,
  node: string,
  asked: Asked,
  parse: (text: string) => T | undefined,
): Promise<Fact<T>> {
  const { facts } = world;
  if (!facts.consent.nodeChecks) return unknown({ kind: 'not-consented', flag: '--node-checks yes' });
  const pod = await facts.ask(kubeProxyOn(node));
  if (!pod.known) return pod;
  const name = pod.value?.metadata?.name;
  const heard = name === undefined ? await onNode(world, node, asked) : await inPod(world, name, asked);
  if (!heard.known) return heard;
  const told = parse(heard.value);
  const where = `${name ?? node} says nothing at ${asked.port}${asked.path}`;
  return told === undefined ? unknown({ kind: 'no-probe', reason: 'other', message: where }) : known(told);
}

async function inPod({ cluster }: World, name: string, { port, path }: Asked): Promise<Fact<string>> {
  const send = `GET ${path} HTTP/1.0\r\nHost: localhost\r\n\r\n`;
  const heard = await cluster.forward({ namespace: SYSTEM, name }, { port, timeoutMs: 4000, send });
  return mapFact(heard, ({ received }) => received);
}

/** Where it runs as a process of the node, or as a part of its agent. Where it should be a pod, none is there to be asked. */
async function onNode(world: World, node: string, { program }: Asked): Promise<Fact<string>> {
  const product = await world.facts.ask(proxyProductOn(node));
  if (!product.known) return product;
  if (product.value.form !== 'in-agent' && product.value.form !== 'hidden')
    return unknown({ kind: 'not-applicable', reason: `no kube-proxy runs on ${node}` });
  return mapFact(await hostPrinted(world, node, program), ({ text }) => text);
}
