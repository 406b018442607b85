import { isIP } from 'node:net';
import { NOTHING, type Perhaps } from './state.ts';
import { trace } from './trace.ts';
import type { Firewall, Packet, Place } from './types.ts';

/** What becomes of a share of the connections that a packet stands for. */
export interface Fate {
  share: number;
  end: /** It leaves for `to`, another destination than it was sent to. */
    | 'delivered'
    | 'dropped'
    | 'rejected'
    | 'redirected'
    /** No rule leads it anywhere: it leaves as it came. */
    | 'lost';
  /** As `10.244.0.5:8080`, IPv6 in brackets. */
  to?: string;
  masqueraded: boolean;
  by?: Place;
}

export interface Way {
  fates: readonly Fate[];
  perhaps: readonly Perhaps[];
  gaveUp: boolean;
}

/** `10.244.0.5:8080` or `[fd00::5]:8080`, undefined where it is neither. */
export function endpointOf(text: string): { address: string; port: number } | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? '';
  return isIP(address) > 0 ? { address, port: Number(port) } : undefined;
}

/**
 * Where a new connection goes on this node: rewritten or not when it comes in, then let through or not, then with its
 * own source or the node's. `isNode`: whether an address is the node's own.
 */
export function wayOf(firewall: Firewall, packet: Packet, isNode: (address: string) => boolean): Way {
  const first = trace(firewall, packet.fromNode ? 'output' : 'prerouting', packet);
  const way: { fates: Fate[]; perhaps: Perhaps[]; gaveUp: boolean } = {
    fates: [],
    perhaps: [...first.perhaps],
    gaveUp: first.gaveUp,
  };
  for (const { end, to, share, mark, by, masqueraded } of first.endings) {
    if (end !== 'passed' && end !== 'rewritten') {
      way.fates.push({ share, end, masqueraded, ...(by && { by }) });
      continue;
    }
    const endpoint = to === undefined ? undefined : endpointOf(to);
    const next = endpoint ? { ...packet, destination: endpoint.address, port: endpoint.port } : packet;
    const rewritten = end === 'rewritten';
    const toNode = endpoint ? isNode(endpoint.address) : packet.toNode;
    const second = onward(firewall, { ...next, toNode }, mark, rewritten);
    way.perhaps.push(...second.perhaps);
    way.gaveUp ||= second.gaveUp;
    for (const fate of second.fates) {
      const led = fate.end === 'lost' ? ledBy(fate, { end, ...(to !== undefined && { to }), ...(by && { by }) }) : fate;
      way.fates.push({ ...led, share: led.share * share });
    }
  }
  return way;
}

/** What let it through says nothing of where it goes; what met it first does. */
function ledBy(fate: Fate, { end, to, by }: { end: 'passed' | 'rewritten'; to?: string; by?: Place }): Fate {
  if (end === 'rewritten') return { ...fate, end: 'delivered', to: to ?? '', ...(by && { by }) };
  // passed by, since a rule took it out of connection tracking
  return by ? { ...fate, end: 'redirected', by } : fate;
}

/** Behind the first hook: what lets it through, and what changes its source. */
function onward(firewall: Firewall, packet: Packet, mark: number, rewritten: boolean): Way {
  const hook = packet.toNode ? 'input' : packet.fromNode ? undefined : 'forward';
  const passing = hook && trace(firewall, hook, packet, { mark, rewritten });
  const stopped = (passing?.endings ?? []).filter(({ end }) => end !== 'passed');
  const through = 1 - stopped.reduce((sum, { share }) => sum + share, 0);
  const last = packet.toNode ? undefined : trace(firewall, 'postrouting', packet, { mark, rewritten });
  const masqueraded = (last?.endings ?? []).some((ending) => ending.masqueraded);
  const fates = stopped.map(
    ({ share, end, by }): Fate => ({
      share,
      end: end as 'dropped' | 'rejected' | 'redirected',
      masqueraded: false,
      ...(by && { by }),
    }),
  );
  return {
    fates: through > NOTHING ? [...fates, { share: through, end: 'lost', masqueraded }] : fates,
    perhaps: passing?.perhaps ?? [],
    gaveUp: (passing?.gaveUp ?? false) || (last?.gaveUp ?? false),
  };
}
