/** What differs between two texts, line by line. */
export interface DiffLine {
  side: 'both' | 'before' | 'after';
  text: string;
}

/** Lines around a change that show where it stands. */
const CONTEXT = 3;

/** The lines of both, with those that they share told once: along a longest common subsequence. */
function compare(before: readonly string[], after: readonly string[]): DiffLine[] {
  const lengths = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now) {
      lines.push({ side: 'both', text: old });
      i++;
      j++;
    } else if (old !== undefined && (now === undefined || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))) {
      lines.push({ side: 'before', text: old });
      i++;
    } else {
      lines.push({ side: 'after', text: now ?? '' });
      j++;
    }
  }
  return lines;
}

/** Length of the longest common subsequence from each pair of lines on. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[];
      row[j] =
        before[i] === after[j]
          ? (lengths[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

/** Changed lines, {@link CONTEXT} lines around each, and the keys above them that say where they belong. */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const all = compare(before, after);
  const changed = all.flatMap(({ side }, i) => (side === 'both' ? [] : [i]));
  return all.filter((_, i) => changed.some((at) => Math.abs(at - i) <= CONTEXT || isAbove(all, i, at)));
}

const depth = (line: DiffLine | undefined): number => (line?.text ?? '').search(/[^ -]/);

/** Whether the line at `i` is a key under which the line at `of` stands. */
function isAbove(lines: readonly DiffLine[], i: number, of: number): boolean {
  if (i >= of || !/:$/.test(lines[i]?.text ?? '')) return false;
  const own = depth(lines[i]);
  return own < depth(lines[of]) && lines.slice(i + 1, of).every((between) => depth(between) > own);
}
