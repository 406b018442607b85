import { isIP } from 'node:net';
import type { ResolvConf } from '../model/probe.ts';
import { clean, linesOf } from './text.ts';

/** https://man7.org/linux/man-pages/man5/resolv.conf.5.html: the default, and the silent cap. */
const NDOTS = { default: 1, most: 15 };

const wordsOf = (lines: readonly (readonly string[])[], ...keywords: string[]): string[][] =>
  lines.filter(([keyword]) => keywords.includes(keyword ?? '')).map(([, ...words]) => words);

/** The text of /etc/resolv.conf. Of several `search` (or `domain`) lines the last counts; options add up. */
export function parseResolvConf(text: string): ResolvConf {
  const lines = linesOf(text)
    .filter((line) => !/^[#;]/.test(line))
    .map((line) => clean(line, 4096).split(/\s+/));
  const options = wordsOf(lines, 'options').flat();
  const ndots = options.findLast((option) => /^ndots:\d+$/.test(option));
  return {
    nameservers: wordsOf(lines, 'nameserver').flatMap(([address = '']) => (isIP(address) > 0 ? [address] : [])),
    search: wordsOf(lines, 'search', 'domain').at(-1) ?? [],
    ndots: ndots === undefined ? NDOTS.default : Math.min(NDOTS.most, Number(ndots.slice('ndots:'.length))),
    options,
  };
}
