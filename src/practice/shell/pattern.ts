/** A piece of a word: its text, and whether `*`, `?`, `[` and blanks in it mean something. */
export interface Piece {
  text: string;
  kind: 'quoted' | 'literal' | 'expanded';
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Of a shell pattern: XCU 2.14. */
function source(pieces: readonly Piece[], shortest: boolean): string {
  const any = shortest ? '[^]*?' : '[^]*';
  const parts = pieces.map(({ text, kind }) =>
    kind === 'quoted'
      ? escaped(text)
      : text.replace(/\\(.)|\*|\?|\[([!^]?)(\]?[^\]]*)\]|[.+^${}()|[\]]/gs, (whole, plain, negated, set) => {
          if (plain !== undefined) return escaped(plain);
          if (whole === '*') return any;
          if (whole === '?') return '[^]';
          return set === undefined
            ? `\\${whole}`
            : `[${negated ? '^' : ''}${set.replace(/\\/g, '\\\\').replace(/^\]/, '\\]')}]`;
        }),
  );
  return parts.join('');
}

export const matches = (pieces: readonly Piece[], text: string): boolean =>
  pieces.some(({ kind, text: part }) => kind !== 'quoted' && /[*?[\\]/.test(part))
    ? new RegExp(`^(?:${source(pieces, false)})$`).test(text)
    : pieces.map((piece) => piece.text).join('') === text;

/** What is left after removing the smallest or largest match: XCU 2.6.2, `#`, `##`, `%`, `%%`. */
export function removed(text: string, operator: '#' | '##' | '%' | '%%', pieces: readonly Piece[]): string {
  if (operator === '#') return text.replace(new RegExp(`^(?:${source(pieces, true)})`), '');
  if (operator === '##') return text.replace(new RegExp(`^(?:${source(pieces, false)})`), '');
  const ending = new RegExp(`^(?:${source(pieces, false)})$`);
  const lengths = Array.from({ length: text.length + 1 }, (_, i) => i);
  const found = (operator === '%' ? lengths : lengths.reverse()).find((n) => ending.test(text.slice(text.length - n)));
  return found === undefined ? text : text.slice(0, text.length - found);
}
