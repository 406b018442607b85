import { known, mapFact, valueOr } from '../model/fact.ts';
import type { ConfigMap } from '../model/kubernetes.ts';
import type { ProxyMode } from '../model/proxyRules.ts';
import { configMapNamed } from './api.ts';
import type { Question } from './facts.ts';
import { kubeProxyLogOn, kubeProxyModeOn } from './kubeProxy.ts';
import { SYSTEM } from './kubeProxyPods.ts';

export interface ProxyConfig {
  /** As it stands there; absent means iptables on Linux. */
  mode?: string;
  clusterCIDR?: string;
  /** It was made with `kubectl apply`, and changed since then in another way: what was applied is still known. */
  strayed: boolean;
}

/** What the ConfigMap of kubeadm and most distributions asks for; `null` where there is none. */
export const proxyConfig: Question<ProxyConfig | null> = {
  key: 'configuration of kube-proxy',
  ask: async ({ facts }) =>
    mapFact(await facts.ask(configMapNamed(SYSTEM, 'kube-proxy')), (config) => {
      if (!config) return null;
      const text = Object.values(config.data ?? {}).join('\n');
      const [mode, clusterCIDR] = [valueIn(text, 'mode'), valueIn(text, 'clusterCIDR')];
      return { ...(mode && { mode }), ...(clusterCIDR && { clusterCIDR }), strayed: hasStrayed(config) };
    }),
};

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-last-applied-configuration */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function hasStrayed({ metadata, data = {} }: ConfigMap): boolean {
  try {
    const applied = JSON.parse(metadata?.annotations?.[LAST_APPLIED] ?? 'null') as ConfigMap | null;
    const before = applied?.data;
    return before !== undefined && Object.keys({ ...before, ...data }).some((key) => before[key] !== data[key]);
  } catch {
    return false; // somebody wrote something else there
  }
}

const valueIn = (text: string, field: string): string | undefined =>
  new RegExp(`^\\s*${field}:[ \\t]*["']?([^"'\\s#]*)["']?[ \\t]*(#.*)?$`, 'm').exec(text)?.[1];

const MODES: readonly string[] = ['iptables', 'nftables', 'ipvs'];

/** The mode in which kube-proxy runs on a node, by its own words; undefined: it does not say, or may not be asked. */
export const runningMode = (node: string): Question<ProxyMode | undefined> => ({
  key: `mode in force on ${node}`,
  ask: async ({ facts }) => {
    const said = valueOr(await facts.ask(kubeProxyLogOn(node)), undefined)?.mode;
    return known(said ?? valueOr(await facts.ask(kubeProxyModeOn(node)), undefined));
  },
});

/** The same; where kube-proxy does not say, what its configuration asks for. Undefined: nobody says. */
export const modeOn = (node: string): Question<ProxyMode | undefined> => ({
  key: `mode of kube-proxy on ${node}`,
  ask: async ({ facts }) => {
    const [running, config] = await Promise.all([facts.ask(runningMode(node)), facts.ask(proxyConfig)]);
    const wanted = valueOr(config, null)?.mode;
    return known(valueOr(running, undefined) ?? (MODES.includes(wanted ?? '') ? (wanted as ProxyMode) : undefined));
  },
});
