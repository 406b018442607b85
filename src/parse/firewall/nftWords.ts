/** JSON as nft prints it: libnftables-json(5). */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export const isRecord = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const LONGEST = 300;

/** A rule roughly as nft would print it, for a person to find it again. */
export function textOf(statements: readonly Json[], comment: Json | undefined): string {
  const words = statements.map(word).filter((text) => text !== '');
  const named = typeof comment === 'string' ? [`comment "${comment}"`] : [];
  return [...words, ...named].join(' ').slice(0, LONGEST);
}

function word(value: Json): string {
  if (!isRecord(value)) return Array.isArray(value) ? `{ ${value.map(word).join(', ')} }` : String(value ?? '');
  const [kind = '', what = null] = Object.entries(value)[0] ?? [];
  const inner = isRecord(what) ? what : {};
  switch (kind) {
    case 'match':
      return [word(inner.left ?? ''), inner.op === '!=' ? '!=' : '', word(inner.right ?? '')].filter(Boolean).join(' ');
    case 'payload':
      return `${inner.protocol} ${inner.field}`;
    case 'meta':
    case 'ct':
      return `${kind} ${inner.key}`;
    case 'prefix':
      return `${inner.addr}/${inner.len}`;
    case 'range':
      return Array.isArray(what) ? what.join('-') : '';
    case 'jump':
    case 'goto':
      return `${kind} ${inner.target}`;
    case 'dnat':
    case 'redirect':
      return [
        kind,
        inner.addr === undefined ? '' : `to ${word(inner.addr)}`,
        inner.port === undefined ? '' : `:${word(inner.port)}`,
      ]
        .filter(Boolean)
        .join(' ');
    case 'counter':
      return 'counter';
    case 'set':
      return word(what);
    default:
      return what === null ? kind : `${kind} ${JSON.stringify(what)}`.slice(0, LONGEST);
  }
}
