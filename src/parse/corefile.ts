/** One directive of a server block, such as `kubernetes cluster.local { pods insecure }`. */
interface CorefilePlugin {
  name: string;
  args: string[];
  /** The directives within its braces. */
  options: { name: string; args: string[] }[];
}

export interface ServerBlock {
  /** Lower case, without port and without trailing dot; the root zone is ''. */
  zones: string[];
  plugins: CorefilePlugin[];
}

/** What the `kubernetes` plugin of the block that answers for a zone serves. */
export interface ClusterZone {
  zones: string[];
  /** The only namespaces whose Services it knows; undefined: all of them. */
  namespaces?: string[];
}

/**
 * The server blocks of a Corefile, snippets put in where they are imported. Files that it imports are not known here.
 * Whether it is valid is CoreDNS's to say: what cannot be read is left out.
 * https://coredns.io/2017/07/23/corefile-explained/
 */
export function parseCorefile(text: string): ServerBlock[] {
  const [blocks] = readBody(linesOf(text), 0);
  const snippets = new Map(blocks.filter(({ words }) => /^\(.+\)$/.test(words[0] ?? '')).map((b) => [b.words[0], b]));
  return blocks
    .filter(({ words, body }) => body !== undefined && !/^\(.+\)$/.test(words[0] ?? ''))
    .map(({ words, body }) => ({
      zones: words.map(zoneOf),
      plugins: (body ?? []).flatMap((line) => expanded(line, snippets)).map(pluginOf),
    }));
}

interface Directive {
  words: string[];
  body?: Directive[];
}

const linesOf = (text: string): string[][] =>
  text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
    .flatMap((line) => (/^[^{]*\{.+/.test(line) && !line.endsWith('{') ? splitBraces(line) : [line]))
    .map((line) => line.split(/[\s,]+/).filter((word) => word !== ''));

/** `a { b }` on one line as three. */
const splitBraces = (line: string): string[] =>
  line
    .replace('{', '{\n')
    .replace(/\}$/, '\n}')
    .split('\n')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** The directives up to the closing brace, and the index after it. */
function readBody(lines: readonly string[][], start: number): [Directive[], number] {
  const found: Directive[] = [];
  let i = start;
  while (i < lines.length) {
    const words = lines[i] as string[];
    i += 1;
    if (words[0] === '}') break;
    if (words.at(-1) !== '{') {
      found.push({ words });
      continue;
    }
    const [body, next] = readBody(lines, i);
    found.push({ words: words.slice(0, -1), body });
    i = next;
  }
  return [found, i];
}

function expanded(line: Directive, snippets: ReadonlyMap<string | undefined, Directive>): Directive[] {
  const snippet = line.words[0] === 'import' ? snippets.get(`(${line.words[1]})`) : undefined;
  return snippet?.body ?? [line];
}

const pluginOf = ({ words: [name = '', ...args], body }: Directive): CorefilePlugin => ({
  name,
  args,
  options: (body ?? []).map(({ words: [option = '', ...rest] }) => ({ name: option, args: rest })),
});

/** `dns://Cluster.Local.:53` -> `cluster.local`. */
const zoneOf = (word: string): string =>
  word
    .replace(/^[a-z]+:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/\.$/, '')
    .toLowerCase();

const covers = (zone: string, name: string): boolean => zone === '' || name === zone || name.endsWith(`.${zone}`);

/** What is served for a domain by the block that answers for it, the one with the longest zone. Undefined: no `kubernetes` plugin there. */
export function clusterZoneFor(blocks: readonly ServerBlock[], domain: string): ClusterZone | undefined {
  const name = domain.toLowerCase();
  const fitting = blocks
    .flatMap((block) => block.zones.filter((zone) => covers(zone, name)).map((zone) => ({ zone, block })))
    .sort((a, b) => b.zone.length - a.zone.length);
  const plugins = fitting.length > 0 ? clusterZonesOf(fitting[0]?.block as ServerBlock) : [];
  return plugins.find(({ zones }) => zones.some((zone) => covers(zone, name)));
}

/** What the `kubernetes` plugins of a block serve; without zones of their own, those of the block. */
const clusterZonesOf = ({ zones, plugins }: ServerBlock): ClusterZone[] =>
  plugins
    .filter(({ name }) => name === 'kubernetes')
    .map(({ args, options }) => {
      const namespaces = options.find(({ name }) => name === 'namespaces')?.args;
      return { zones: args.length > 0 ? args.map(zoneOf) : zones, ...(namespaces && { namespaces }) };
    });

/** The zones of Services that are served at all; those for addresses left out. */
export const servedZones = (blocks: readonly ServerBlock[]): string[] => [
  ...new Set(
    blocks
      .flatMap(clusterZonesOf)
      .flatMap(({ zones }) => zones.filter((zone) => !zone.endsWith('.arpa') && zone !== '')),
  ),
];

/** What may answer in another's stead, in the block that answers for a domain: a rewrite, a hosts file, a template. */
export function interceptors(blocks: readonly ServerBlock[], domain: string): string[] {
  const name = domain.toLowerCase();
  const [block] = blocks
    .filter(({ zones }) => zones.some((zone) => covers(zone, name)))
    .sort((a, b) => longest(b.zones, name) - longest(a.zones, name));
  return (block?.plugins ?? []).filter((plugin) => INTERCEPTORS.includes(plugin.name)).map(printPlugin);
}

const INTERCEPTORS = ['rewrite', 'hosts', 'template', 'file'];

const printPlugin = ({ name, args, options }: CorefilePlugin): string =>
  [name, ...args, ...options.flatMap((option) => [option.name, ...option.args])].join(' ');

const longest = (zones: readonly string[], name: string): number =>
  Math.max(...zones.filter((zone) => covers(zone, name)).map((zone) => zone.length));
