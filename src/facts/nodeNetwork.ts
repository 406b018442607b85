/** Settings of a node's kernel, and the flags of its bridges. */
import { type Fact, mapFact } from '../model/fact.ts';
import { type NodeNetwork, parseNodeNetwork } from '../parse/links.ts';
import type { Question } from './facts.ts';
import { hostPrinted, printedOn } from './nodeAccess.ts';

export type { NodeNetwork } from '../parse/links.ts';

export const nodeNetwork = (node: string): Question<NodeNetwork & { pod?: string }> => ({
  key: `network of ${node}`,
  ask: async (world): Promise<Fact<NodeNetwork & { pod?: string }>> =>
    mapFact(await printedOn(world, node, { name: 'network' }), ({ text, pod }) => ({
      ...parseNodeNetwork(text),
      ...(pod !== undefined && { pod }),
    })),
});

export interface CniSettings {
  /** Names of plugins, as `bridge`. */
  types: string[];
  hairpinMode?: boolean;
  promiscMode?: boolean;
}

/** What the CNI configuration files of a node say of hairpin; only someone on the node's own files can tell. */
export const cniSettings = (node: string): Question<CniSettings> => ({
  key: `CNI configuration of ${node}`,
  ask: async (world) =>
    mapFact(await hostPrinted(world, node, 'cni'), ({ text }) => {
      const types = [...text.matchAll(/"type": *"([\w.-]{1,64})"/g)].map(([, type = '']) => type);
      const flag = (name: string) => new RegExp(`"${name}": *(true|false)`).exec(text)?.[1];
      const [hairpin, promisc] = [flag('hairpinMode'), flag('promiscMode')];
      return {
        types: [...new Set(types)],
        ...(hairpin !== undefined && { hairpinMode: hairpin === 'true' }),
        ...(promisc !== undefined && { promiscMode: promisc === 'true' }),
      };
    }),
});
