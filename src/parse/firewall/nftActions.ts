import type { Action } from '../../model/firewall/types.ts';
import { protocolName } from './nftConditions.ts';
import { isRecord, type Json } from './nftWords.ts';

type Actions = readonly Action[];
/** Keeps the elements of a map without name, and gives it one. */
type Keep = (elements: ReadonlyMap<string, Actions>) => string;

const UNKNOWN: Actions = [{ do: 'unknown' }];

/** Statements that note or change something and let the packet go on: libnftables-json(5). */
const GO_ON = [
  'counter',
  'log',
  'set',
  'map',
  'snat',
  'continue',
  'ct helper',
  'ct timeout',
  'meter',
  'flow',
  'secmark',
  'reset',
];

/** What a statement that is no match does. */
export function nftActions(statement: Record<string, Json>, keep: Keep): Actions {
  const [kind = '', what = null] = Object.entries(statement)[0] ?? [];
  switch (kind) {
    case 'accept':
    case 'drop':
    case 'return':
    case 'reject':
    case 'masquerade':
      return [{ do: kind }];
    case 'jump':
    case 'goto':
      return isRecord(what) ? [{ do: kind, chain: String(what.target) }] : UNKNOWN;
    case 'dnat':
      return rewriting(what);
    case 'redirect':
    case 'tproxy':
      return [{ do: 'redirect' }];
    case 'notrack':
      return [{ do: 'untrack' }];
    case 'mangle':
      return marking(what);
    case 'vmap':
      return choosing(what, keep);
    default:
      return GO_ON.includes(kind) ? [] : UNKNOWN;
  }
}

function rewriting(what: Json): Actions {
  const { addr, port } = isRecord(what) ? what : {};
  if (typeof addr !== 'string') return UNKNOWN;
  const host = addr.includes(':') ? `[${addr}]` : addr;
  return [{ do: 'rewrite', to: typeof port === 'number' ? `${host}:${port}` : host }];
}

/** Only the mark of the packet matters; other fields are changed on the way without an effect on it. */
function marking(what: Json): Actions {
  if (!isRecord(what) || !isRecord(what.key)) return UNKNOWN;
  const { meta } = what.key;
  if (!isRecord(meta) || meta.key !== 'mark') return [];
  return markTo(what.value ?? null);
}

/** `meta mark | N`, `meta mark ^ N`, `meta mark & N`, or N itself. */
function markTo(value: Json): Actions {
  if (typeof value === 'number') return [{ do: 'mark', value, mask: 0xffffffff }];
  if (!isRecord(value)) return UNKNOWN;
  const [operator = '', operands = null] = Object.entries(value)[0] ?? [];
  const number = Array.isArray(operands) ? operands[1] : undefined;
  if (typeof number !== 'number') return UNKNOWN;
  if (operator === '|') return [{ do: 'mark', value: number, mask: number }];
  if (operator === '^') return [{ do: 'mark', value: number, mask: 0 }];
  return operator === '&' ? [{ do: 'mark', value: 0, mask: ~number >>> 0 }] : UNKNOWN;
}

/** A verdict map: by what the packet is, or by chance. */
function choosing(what: Json, keep: Keep): Actions {
  const { key, data } = isRecord(what) ? what : {};
  if (!isRecord(key)) return UNKNOWN;
  const elements = isRecord(data) && Array.isArray(data.set) ? verdictsOf(data.set) : undefined;
  if (isRecord(key.numgen)) return elements ? spreading(key.numgen, elements) : UNKNOWN;
  const by = fieldsOf(key);
  if (!by) return UNKNOWN;
  if (elements) return [{ do: 'look-up', by, map: keep(elements) }];
  return typeof data === 'string' ? [{ do: 'look-up', by, map: data.replace(/^@/, '') }] : UNKNOWN;
}

const LARGEST_SPREAD = 100_000;

function spreading({ mod, offset }: Record<string, Json>, elements: ReadonlyMap<string, Actions>): Actions {
  const over = Number(mod);
  if (!Number.isInteger(over) || over < 1 || over > LARGEST_SPREAD || Number(offset ?? 0) !== 0) return UNKNOWN;
  const places = [...elements].flatMap(([place, actions]) => (Number(place) < over ? [actions] : []));
  return [{ do: 'spread', over, places }];
}

type Field = Extract<Action, { do: 'look-up' }>['by'][number];

/** `ip daddr . meta l4proto . th dport`, or a part of it. */
function fieldsOf(key: Record<string, Json>): Field[] | undefined {
  const parts = Array.isArray(key.concat) ? key.concat : [key];
  const fields = parts.map(fieldOf);
  return fields.every((field) => field !== undefined) ? (fields as Field[]) : undefined;
}

function fieldOf(part: Json): Field | undefined {
  if (!isRecord(part)) return undefined;
  if (isRecord(part.meta) && part.meta.key === 'l4proto') return 'protocol';
  if (!isRecord(part.payload)) return undefined;
  if (part.payload.field === 'daddr') return 'destination';
  return part.payload.field === 'dport' ? 'port' : undefined;
}

/** Elements `[KEY, VERDICT]`; the key may stand in an `elem` beside its comment. */
export function verdictsOf(elements: readonly Json[]): Map<string, readonly Action[]> {
  return new Map(
    elements.flatMap((element) => {
      const [key, verdict] = Array.isArray(element) ? element : [];
      return key === undefined || !isRecord(verdict) ? [] : [[keyOf(key), nftActions(verdict, () => '')] as const];
    }),
  );
}

function keyOf(key: Json): string {
  const inner = isRecord(key) && isRecord(key.elem) ? key.elem.val : key;
  const parts = isRecord(inner) && Array.isArray(inner.concat) ? inner.concat : [inner];
  return parts.map((part, i) => (i < parts.length - 1 ? protocolName(String(part)) : String(part))).join('/');
}
