import { known, valueOr } from '../model/fact.ts';
import type { RulesPlace } from '../model/proxyEntries.ts';
import { nodeNamed, podNamed } from './api.ts';
import type { Question } from './facts.ts';
import { kubeProxyOn } from './kubeProxyPods.ts';

/**
 * A node as its rules see it. Without the right to read nodes its address is that of its kube-proxy pod, which is on the
 * node's own network, and its zone stays unknown.
 */
export const placeOn = (node: string): Question<RulesPlace> => ({
  key: `place of ${node}`,
  ask: async ({ facts }) => {
    const [found, proxy, clients] = await Promise.all([
      facts.ask(nodeNamed(node)),
      facts.ask(kubeProxyOn(node)),
      Promise.all(facts.probers.map((prober) => prober.vantage())),
    ]);
    const here = clients.map((client) => valueOr(client, undefined)).find((client) => client?.node === node);
    const pod = here && valueOr(await facts.ask(podNamed(here.namespace, here.pod)), null);
    const status = valueOr(found, null)?.status;
    const own = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
    const addresses = own.length > 0 ? own : [valueOr(proxy, null)?.status?.hostIP ?? ''].filter((ip) => ip !== '');
    const zone = valueOr(found, null)?.metadata?.labels?.['topology.kubernetes.io/zone'];
    const client = pod?.spec?.hostNetwork ? undefined : pod?.status?.podIP;
    return known({
      name: node,
      addresses,
      ...(zone !== undefined && { zone }),
      ...(client !== undefined && { client }),
    });
  },
});
