/** Rules that kube-proxy did not write, and that take its packets. */
import type { Command } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { Place } from '../../model/firewall/types.ts';
import { suspects } from '../../model/proxyDifference.ts';
import type { ProxyEntry } from '../../model/proxyRules.ts';
import { onNode } from './remedies.ts';
import { type Compared, entryName, look, type RulesPlace } from './rulesPlace.ts';

interface Hit {
  entry: ProxyEntry;
  by: Place;
  end: string;
  share: number;
  certain: boolean;
}

/**
 * A rule that is sure to take connections is an error, unless all of them were seen to arrive. One that is not understood
 * is named only where connections fail and nothing else explains it.
 */
export function foreignFindings(place: RulesPlace, compared: readonly Compared[]): Finding[] {
  const sure = compared.flatMap(({ way, difference }): Hit[] =>
    difference?.foreign ? [{ entry: way.entry, ...difference.foreign }] : [],
  );
  const doubted = sure.filter(
    ({ entry, share }) => entry.kind === 'cluster-ip' && share > 0.99 && place.heard === 'answers',
  );
  const hits = sure.filter((hit) => !doubted.includes(hit) && (hit.certain || place.heard === 'fails'));
  const guilty = hits.length > 0 || compared.some(({ difference }) => difference) ? hits : guessed(place, compared);
  return guilty.map((hit) => finding(place, hit));
}

function guessed({ heard }: RulesPlace, compared: readonly Compared[]): Hit[] {
  if (heard !== 'fails') return [];
  return compared
    .filter(({ way }) => way.entry.kind === 'cluster-ip')
    .flatMap(({ way }) =>
      suspects(way)
        .slice(0, 1)
        .map((by) => ({ entry: way.entry, by, end: 'dropped', share: 1, certain: false })),
    );
}

function finding(place: RulesPlace, { entry, by, end, share, certain }: Hit): Finding {
  const { node, pod } = place;
  const rule = { table: by.table, chain: by.chain, rule: by.text };
  return {
    code: 'kube-proxy/foreign-rule',
    // from outside the cluster a firewall may well be meant
    severity: entry.kind === 'cluster-ip' ? 'error' : 'warning',
    breaks: 'node-network',
    subject: { node, port: entry.servicePort },
    params: { node, pod, entry: entryName(entry), ...rule, end, percent: Math.round(share * 100), certain },
    evidence: [{ what: 'kube-proxy.foreign-rule', params: { node, ...rule }, command: lookAt(place, by) }],
    remedies: [...removal(place, by), { id: 'look-at-rules', commands: [lookAt(place, by)] }],
  };
}

function lookAt(place: RulesPlace, { tool, table, chain }: Place): Command {
  const { node, pod } = place;
  if (tool === 'iptables') return onNode(node, pod, 'iptables', '-t', table, '-S', chain);
  return isName(table) ? onNode(node, pod, 'nft', '-a', 'list', 'ruleset') : look(place);
}

const isName = (text: string): boolean => /^[\w.-]+$/.test(text);

/** The very rule with -D for -A. A policy is no rule; a rule of nft is removed by its handle, which its owner knows. */
function removal({ node, pod }: RulesPlace, { tool, table, text }: Place) {
  const words = wordsOf(text);
  if (tool !== 'iptables' || words[0] !== '-A') return [];
  return [
    { id: 'remove-rule' as const, commands: [onNode(node, pod, 'iptables', '-t', table, '-D', ...words.slice(1))] },
  ];
}

const wordsOf = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
