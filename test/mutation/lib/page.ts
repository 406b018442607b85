import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Kind } from './change.ts';
import type { Line } from './table.ts';
import { lineText, summary, table } from './table.ts';

export interface Run {
  seed: string;
  count: number;
  proxyMode: string;
  /** Of the API server. */
  version: string;
}

/** What stands below this heading is written by hand, and is kept. */
const KEPT = '## Runs before this one';

/** Writes the result as a page of the documentation. */
export function writePage(file: string, lines: readonly Line[], kinds: readonly Kind[], run: Run): void {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const kept = old.includes(KEPT) ? `\n${old.slice(old.indexOf(KEPT))}` : '';
  writeFileSync(file, `${page(lines, kinds, run)}${kept}`);
}

const drawn = (lines: readonly Line[], count: number): string =>
  lines.length < count ? `${lines.length} of ${count} mutations, since it was ended early` : `${count} mutations`;

function page(lines: readonly Line[], kinds: readonly Kind[], { seed, count, proxyMode, version }: Run): string {
  const odd = lines.filter(({ outcome }) => outcome === 'disagreed' || outcome === 'inconclusive');
  const list = odd.length === 0 ? 'None.' : `\`\`\`\n${odd.map(lineText).join('\n')}\n\`\`\``;
  return `# Mutations: one field broken at random

\`npm run mutations -- --seed ${seed} --count ${count} --table docs/mutations.md\` takes healthy manifests, changes one field, asks
from the client's own pod whether the Service still answers (wget and nc, no code shared with \`src/\`), and compares with what
svc-debug says from that pod. Agreed: it works and the verdict is healthy without an error, or it does not and every root cause is
one that this change may have (\`test/mutation/README.md\`).

${new Date().toISOString().slice(0, 10)}, Kubernetes ${version}, kube-proxy ${proxyMode}, seed ${seed}, ${drawn(lines, count)}.
${summary(lines).split('\n').join(': ')}.

${table(lines, kinds)}

## Not agreed

${list}
`;
}
