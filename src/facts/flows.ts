/** UDP clients that a node holds to an endpoint which is no longer there. */

import { endpointsOf } from '../model/endpoints.ts';
import { type Fact, known, valueOr } from '../model/fact.ts';
import type { EndpointSlice } from '../model/kubernetes.ts';
import { entriesOn } from '../model/proxyEntries.ts';
import { endpointKey, type ProxyEntry } from '../model/proxyRules.ts';
import type { Target } from '../model/target.ts';
import { type Flow, parseConntrack } from '../parse/conntrack.ts';
import { portsInScope } from './backends.ts';
import type { Question, World } from './facts.ts';
import { printedOn } from './nodeAccess.ts';
import { placeOn } from './nodePlace.ts';
import { theService } from './pods.ts';
import { RESOURCES } from './resources.ts';

export interface StaleFlows {
  entry: ProxyEntry;
  flows: number;
  /** Where they lead. */
  to: string[];
  /** None of them was seen to get an answer. */
  unreplied: boolean;
  pod?: string;
}

const SETTLE_MS = 2500;
const PAGE_SIZES = [497, 496];

/** kube-proxy forgets such flows itself, a moment after endpoints change: what is there twice stays there. */
export const staleFlowsOn = (target: Target, node: string): Question<StaleFlows[]> => ({
  key: `stale flows of ${target.namespace}/${target.service} on ${node}`,
  ask: async (world) => {
    const first = await read(world, target, node, PAGE_SIZES[0] ?? 0);
    if (!first.known || first.value.length === 0) return first;
    await world.pause(SETTLE_MS);
    return read(world, target, node, PAGE_SIZES[1] ?? 0);
  },
});

async function read(world: World, target: Target, node: string, limit: number): Promise<Fact<StaleFlows[]>> {
  const { facts, cluster } = world;
  const service = await theService(facts, target);
  if (!service.known) return service;
  const ports = portsInScope(service.value.spec?.ports, target).filter(({ protocol }) => protocol === 'UDP');
  if (ports.length === 0) return known([]);
  const printed = await printedOn(world, node, { name: 'conntrack' }, { name: 'conntrack-file' });
  if (!printed.known) return printed;
  const slices = await cluster.list<EndpointSlice>({
    ...RESOURCES.endpointSlices,
    namespace: target.namespace,
    labelSelector: `kubernetes.io/service-name=${target.service}`,
    limit,
  });
  if (!slices.known) return slices;
  const place = valueOr(await facts.ask(placeOn(node)), { name: node, addresses: [] });
  const flows = parseConntrack(printed.value.text).filter(({ protocol }) => protocol === 'udp');
  // policies and topology do not matter to flows that are under way: pkg/proxy/conntrack/cleanup.go
  const serving = ports.flatMap((port) =>
    endpointsOf(service.value, port, slices.value.items)
      .endpoints.filter((endpoint) => endpoint.serving)
      .map(({ address, port: number }) => endpointKey(address, number)),
  );
  if (serving.length === 0) return known([]);
  const { pod } = printed.value;
  return known(
    entriesOn(service.value, ports, slices.value.items, place).flatMap((entry) => {
      const stale = flows.filter(
        (flow) => isOf(flow, entry) && !serving.includes(endpointKey(flow.answers, flow.answersPort)),
      );
      if (stale.length === 0) return [];
      const to = [...new Set(stale.map(({ answers, answersPort }) => endpointKey(answers, answersPort)))];
      const unreplied = stale.every((flow) => flow.unreplied);
      return [{ entry, flows: stale.length, to, unreplied, ...(pod !== undefined && { pod }) }];
    }),
  );
}

const isOf = (flow: Flow, { kind, address, port }: ProxyEntry): boolean =>
  flow.port === port && (kind === 'node-port' || flow.destination === address);
