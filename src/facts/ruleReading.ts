/** Reads the packet filter of one node, program by program. */
import { type Fact, known, valueOr } from '../model/fact.ts';
import type { Firewall } from '../model/firewall/types.ts';
import type { ProxyMode } from '../model/proxyRules.ts';
import type { NodeRules } from '../model/proxyWays.ts';
import { parseIptables } from '../parse/firewall/iptables.ts';
import { parseIpvs } from '../parse/firewall/ipvs.ts';
import { isOfIptables, parseNftJson } from '../parse/firewall/nftJson.ts';
import { parseNftText } from '../parse/firewall/nftText.ts';
import type { World } from './facts.ts';
import { type Printed, printedOn } from './nodeAccess.ts';

interface Read {
  rules: NodeRules;
  via: Printed['via'];
  pod?: string;
}

/** What decides whether iptables' rules stand in another back end than the one that was read. */
const LEGACY = /iptables-legacy tables present/;

/** `mode`: that of kube-proxy, where it is known. An obstacle only where the rules of that mode cannot be read. */
export async function readRules(
  world: World,
  node: string,
  { mode, ip6 }: { mode: ProxyMode | undefined; ip6: boolean },
): Promise<Fact<Read>> {
  const iptables = await printedOn(world, node, { name: 'iptables' }, { name: 'iptables-nft' });
  const [more, nft, ipvs, legacy] = [
    ip6 ? await printedOn(world, node, { name: 'ip6tables' }) : undefined,
    await readNft(world, node, mode),
    mode === 'ipvs' ? await printedOn(world, node, { name: 'ipvs' }) : undefined,
    await readLegacy(world, node, iptables),
  ];
  const decisive = mode === 'nftables' ? nft : mode === 'ipvs' ? (ipvs ?? iptables) : iptables;
  if (!decisive.known) return decisive;
  const { via, pod } = decisive.value;
  return known({
    via,
    ...(pod !== undefined && { pod }),
    rules: {
      ...(iptables.known && { iptables: both(iptables.value, more && valueOr(more, undefined)) }),
      ...(legacy && { legacy }),
      ...(nft.known && { nft: nft.value.firewall }),
      ...(ipvs?.known && { ipvs: parseIpvs(ipvs.value.text) }),
    },
  });
}

function both({ text }: Printed, ip6: Printed | undefined): Firewall {
  const [first, second] = [parseIptables(text), ip6 ? parseIptables(ip6.text, 'ip6') : undefined];
  return second ? { tables: [...first.tables, ...second.tables], complete: first.complete && second.complete } : first;
}

/** Only where it is said that there are some, or where somebody ran it: on most nodes there is no such program. */
async function readLegacy(world: World, node: string, iptables: Fact<Printed>): Promise<Firewall | undefined> {
  if (!iptables.known || (!LEGACY.test(iptables.value.text) && iptables.value.via === 'kube-proxy')) return undefined;
  const printed = await printedOn(world, node, { name: 'iptables-legacy' });
  if (!printed.known || printed.value.text === iptables.value.text) return undefined;
  const firewall = parseIptables(printed.value.text);
  return firewall.tables.length > 0 ? firewall : undefined;
}

type Nft = Omit<Printed, 'text'> & { firewall: Firewall };

/**
 * In nftables mode the whole. Otherwise the rules of iptables stand in nftables as well, many of them, so that only the
 * other tables are read: those of kube-proxy, if some were left, and of strangers.
 */
async function readNft(world: World, node: string, mode: ProxyMode | undefined): Promise<Fact<Nft>> {
  if (mode !== 'nftables') {
    const listed = await printedOn(world, node, { name: 'nft-tables' });
    const others = listed.known ? otherTables(listed.value.text) : undefined;
    if (listed.known && others) return someTables(world, node, listed.value, others);
  }
  const printed = await printedOn(world, node, { name: 'nft' }, { name: 'nft-text' });
  if (!printed.known) return printed;
  const { text, ...how } = printed.value;
  const isJson = text.trimStart().startsWith('{');
  return known({ ...how, firewall: isJson ? parseNftJson(text) : parseNftText(text) });
}

const MOST_TABLES = 12;
const NAME = /^[\w.-]{1,64}$/;

/** Tables that are not those of iptables. Undefined: too many, or with names that are none. */
function otherTables(text: string): (readonly [string, string])[] | undefined {
  if (!text.includes('"nftables"')) return undefined;
  const tables = [...text.matchAll(/"table": ?\{"family": ?"(\w+)", ?"name": ?"([^"]*)"/g)]
    .map(([, family = '', name = '']) => [family, name] as const)
    .filter(([family, name]) => ['ip', 'ip6', 'inet'].includes(family) && !isOfIptables(family, name));
  return tables.length <= MOST_TABLES && tables.every(([, name]) => NAME.test(name)) ? tables : undefined;
}

async function someTables(
  world: World,
  node: string,
  { text: _, ...how }: Printed,
  tables: readonly (readonly [string, string])[],
): Promise<Fact<Nft>> {
  const read = await Promise.all(
    tables.map(([family, table]) =>
      printedOn(world, node, { name: 'nft', argv: ['nft', '-j', 'list', 'table', family, table] }),
    ),
  );
  const texts = read.flatMap((printed) => (printed.known ? [printed.value.text] : []));
  return known({ ...how, firewall: parseNftJson(texts.join('\n')) });
}
