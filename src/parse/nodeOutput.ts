import { NODE_PROGRAMS, type NodeProgram, SECTION } from '../model/nodeShell.ts';

/** What programs printed on one node. */
export interface NodeOutput {
  /** Absent: it does not say. */
  node?: string;
  printed: Partial<Record<NodeProgram, string>>;
}

const NAMES = Object.keys(NODE_PROGRAMS) as NodeProgram[];

/** Reads what the command for a person on the node printed; or the bare output of one of its programs, behind the name of the node or not. */
export function parseNodeOutput(text: string): NodeOutput {
  const sections = `\n${text.replace(/^\uFEFF/, '')}`.split(`\n${SECTION}`);
  if (sections.length === 1) return { printed: bare(text) };
  const output: NodeOutput = { printed: {} };
  for (const section of sections.slice(1)) {
    const end = section.indexOf('\n');
    const [title, body] = end < 0 ? [section, ''] : [section.slice(0, end), section.slice(end + 1)];
    const node = /^node (\S{1,253})\s*$/.exec(title)?.[1];
    if (node !== undefined) Object.assign(output, { node, printed: { ...bare(body), ...output.printed } });
    const program = programOf(title.trim());
    if (program !== undefined) output.printed[program] = body;
  }
  return output;
}

const programOf = (title: string): NodeProgram | undefined =>
  title.startsWith('grep -s . ') ? 'network' : NAMES.find((name) => NODE_PROGRAMS[name].join(' ') === title);

/** By what it looks like. */
function bare(text: string): NodeOutput['printed'] {
  const start = text.trimStart();
  if (start.startsWith('{')) return { nft: text };
  if (/^\*(nat|filter|mangle|raw)\s*$/m.test(text)) return { iptables: text };
  if (/^table \S+ \S+ \{/m.test(text)) return { 'nft-text': text };
  if (/^udp +17 \d+ src=/m.test(text)) return { conntrack: text };
  return /^-A -[tu] |^IP Virtual Server/m.test(text) ? { ipvs: text } : {};
}
