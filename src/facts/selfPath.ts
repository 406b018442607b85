/** Why a pod is not led back to itself: the port of the bridge that its packets come in by, and go out by again. */
import { type Fact, known, mapFact, valueOr } from '../model/fact.ts';
import type { Pod } from '../model/kubernetes.ts';
import type { Question, World } from './facts.ts';
import { type CniSettings, cniSettings, type NodeNetwork, nodeNetwork } from './nodeNetwork.ts';

export interface SelfPath {
  /**
   * `port-off`: the bridge sends nothing back · `promiscuous`: it is promiscuous instead, which does not help as long as
   * bridged packets come past the rules · `routed`: no bridge, the network plugin has to do it · `open`: the port would.
   */
  finding: 'port-off' | 'promiscuous' | 'routed' | 'open';
  /** Name of the pod's end on the node, and of the bridge it is a port of. */
  link?: string;
  bridge?: string;
  bridgeNetfilter?: NonNullable<NodeNetwork['bridgeNetfilter']>;
  cni?: CniSettings;
}

const INDEX = ['cat', '/sys/class/net/eth0/iflink'] as const;

export const selfPath = (pod: Pod): Question<SelfPath | null> => ({
  key: `way of ${pod.metadata?.namespace}/${pod.metadata?.name} to itself`,
  ask: async (world): Promise<Fact<SelfPath | null>> => {
    const node = pod.spec?.nodeName;
    if (node === undefined) return known(null);
    const [index, network] = await Promise.all([indexOf(world, pod), world.facts.ask(nodeNetwork(node))]);
    if (!network.known) return network;
    const found = pathOf(network.value, index);
    if (found?.finding !== 'port-off' || !world.facts.consent.nodeShell) return known(found);
    const cni = await world.facts.ask(cniSettings(node));
    return mapFact(known(found), (path) => ({ ...path, ...(cni.known && { cni: cni.value }) }));
  },
});

/** The index of the pod's link as the node numbers it. */
async function indexOf({ cluster }: World, { metadata, spec }: Pod): Promise<number | undefined> {
  const container = metadata?.annotations?.['kubectl.kubernetes.io/default-container'] ?? spec?.containers[0]?.name;
  const ran = await cluster.exec(
    { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' },
    { argv: INDEX, timeoutMs: 4000, maxBytes: 1000, ...(container && { container }) },
  );
  const index = Number(valueOr(ran, undefined)?.stdout.trim() || Number.NaN);
  return Number.isInteger(index) ? index : undefined;
}

/** Without the index, what all ports of the node's bridges have in common still tells. */
function pathOf({ links, bridgeNetfilter }: NodeNetwork, index: number | undefined): SelfPath | null {
  const ports = links.filter(({ bridge }) => bridge !== undefined);
  const mine = links.find((link) => link.index === index);
  const common = { ...(bridgeNetfilter && { bridgeNetfilter }) };
  if (mine && mine.bridge === undefined) return { finding: 'routed', link: mine.name, ...common };
  if (!mine && ports.length === 0) return links.length > 0 ? { finding: 'routed', ...common } : null;
  const alike = new Set(ports.map(({ hairpin }) => hairpin)).size === 1;
  const port = mine ?? (alike ? ports[0] : undefined);
  if (!port?.bridge) return null;
  const bridge = links.find(({ name }) => name === port.bridge);
  const closed = bridge?.promiscuous ? 'promiscuous' : 'port-off';
  return {
    finding: port.hairpin ? 'open' : closed,
    bridge: port.bridge,
    ...(mine && { link: mine.name }),
    ...common,
  };
}
