import { type ProxiedService, type ProxyRules, serviceKey } from '../model/proxyRules.ts';

interface Rule {
  table: string;
  chain: string;
  words: string[];
}

/**
 * Reads `iptables-save` (legacy and nft back ends): where does each Service address lead?
 * Comments are not used: kube-proxy leaves them out above 1000 endpoints.
 */
export function parseIptablesSave(text: string): ProxyRules {
  const rules = rulesOf(text);
  const chains = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = `${rule.table} ${rule.chain}`;
    chains.set(key, [...(chains.get(key) ?? []), rule]);
  }
  const entry = (table: string) => chains.get(`${table} KUBE-SERVICES`) ?? [];
  const services: ProxyRules['services'] = {};
  for (const rule of entry('nat')) add(services, rule, forwards(rule, chains));
  for (const rule of entry('filter')) add(services, rule, refuses(rule));
  const hooked = (chains.get('nat PREROUTING') ?? []).some(({ words }) => after(words, '-j') === 'KUBE-SERVICES');
  return { mode: 'iptables', hooked, services };
}

function rulesOf(text: string): Rule[] {
  const rules: Rule[] = [];
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const chain = /^(?:\[\d+:\d+\] )?-A (\S+) ?/.exec(line);
    if (chain?.[1]) rules.push({ table, chain: chain[1], words: wordsOf(line.slice(chain[0].length)) });
  }
  return rules;
}

/** Words of a rule, with quoted comments as one word. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

const after = (words: readonly string[], flag: string): string | undefined => {
  const at = words.indexOf(flag);
  return at < 0 ? undefined : words[at + 1];
};

function add(services: ProxyRules['services'], { words }: Rule, service: ProxiedService | undefined): void {
  const address = after(words, '-d')?.replace(/\/(32|128)$/, '');
  const [protocol, port] = [after(words, '-p'), Number(after(words, '--dport'))];
  if (!service || !address || !protocol || !port) return;
  services[serviceKey(address, protocol, port)] = service;
}

/** KUBE-SERVICES -> KUBE-SVC (or KUBE-EXT -> KUBE-SVC, or KUBE-SVL) -> KUBE-SEP -> DNAT. */
function forwards({ words }: Rule, chains: ReadonlyMap<string, readonly Rule[]>): ProxiedService | undefined {
  const chain = after(words, '-j');
  if (!chain || !/^KUBE-(SVC|SVL|EXT|FW)-/.test(chain)) return undefined;
  return { does: 'forward', endpoints: destinations(chain, chains, new Set()), chain };
}

function destinations(chain: string, chains: ReadonlyMap<string, readonly Rule[]>, seen: Set<string>): string[] {
  if (seen.has(chain)) return [];
  seen.add(chain);
  return (chains.get(`nat ${chain}`) ?? []).flatMap(({ words }) => {
    const to = after(words, '--to-destination');
    if (to) return [to];
    const next = after(words, '-j') ?? '';
    return /^KUBE-(SVC|SVL|SEP|EXT)-/.test(next) ? destinations(next, chains, seen) : [];
  });
}

function refuses({ words }: Rule): ProxiedService | undefined {
  const target = after(words, '-j');
  if (target === 'REJECT') return { does: 'reject', endpoints: [] };
  return target === 'DROP' ? { does: 'drop', endpoints: [] } : undefined;
}
