import { type ProxiedService, type ProxyRules, serviceKey } from '../model/proxyRules.ts';

/**
 * Reads `nft list table ip kube-proxy` (or ip6). Only maps and per-service chains are read: the base chains differ
 * between releases of kube-proxy.
 */
export function parseNftTable(text: string): ProxyRules {
  const chains = new Map(
    [...text.matchAll(/\n\s*chain (\S+) \{\n([\s\S]*?)\n\s*\}/g)].map(([, name = '', body = '']) => [name, body]),
  );
  const services: ProxyRules['services'] = {};
  for (const { key, verdict } of elementsOf(text, 'service-ips')) {
    const chain = /goto (\S+)/.exec(verdict)?.[1];
    if (chain)
      services[key] = { does: 'forward', endpoints: [...new Set(destinations(chain, chains, new Set()))], chain };
  }
  for (const { key, verdict } of elementsOf(text, 'no-endpoint-services')) {
    services[key] = { does: verdict.includes('drop') ? 'drop' : 'reject', endpoints: [] } satisfies ProxiedService;
  }
  const hooked = [...chains].some(([, body]) => /hook prerouting/.test(body) && /jump services/.test(body));
  return { mode: 'nftables', hooked, services };
}

/** Elements `ADDRESS . PROTOCOL . PORT [comment "..."] : VERDICT` of a map. */
function elementsOf(text: string, map: string): { key: string; verdict: string }[] {
  const body = new RegExp(`\\n\\s*map ${map} \\{\\n([\\s\\S]*?)\\n\\t?\\s{0,4}\\}`).exec(text)?.[1] ?? '';
  const element = /(\S+) \. (tcp|udp|sctp) \. (\d+)(?: comment "[^"]*")? : ((?:goto|jump) [^\s,}]+|drop|reject)/g;
  return [...body.matchAll(element)].map(([, address = '', protocol = '', port = '', verdict = '']) => ({
    key: serviceKey(address, protocol, Number(port)),
    verdict,
  }));
}

function destinations(chain: string, chains: ReadonlyMap<string, string>, seen: Set<string>): string[] {
  const body = chains.get(chain);
  if (body === undefined || seen.has(chain)) return [];
  seen.add(chain);
  const direct = [...body.matchAll(/dnat (?:ip6? )?to (\S+)/g)].map(([, to = '']) => to);
  const next = [...body.matchAll(/(?:goto|jump) ((?:service|local|external|endpoint)-[^\s,}]+)/g)].map(
    ([, name = '']) => name,
  );
  return [...direct, ...next.flatMap((name) => destinations(name, chains, seen))];
}
