/** The words of one rule of `nft list`, as the statements that `nft -j` would print. */
import { elementsFrom, number } from './nftElements.ts';
import type { Json } from './nftWords.ts';

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead] ?? '';
  }

  next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  /** Takes the word if it comes next. */
  take(word: string): boolean {
    if (this.peek() !== word) return false;
    this.#at++;
    return true;
  }
}

/** What is not understood becomes a statement that nobody knows. */
export function statementsOf(tokens: readonly string[]): Json[] {
  const reader = new Reader(tokens);
  const statements: Json[] = [];
  while (!reader.done) statements.push(...statement(reader));
  return statements;
}

const PLAIN = ['accept', 'drop', 'return', 'continue', 'notrack'];
const PAYLOADS = ['ip', 'ip6', 'tcp', 'udp', 'sctp', 'th'];
const METAS = [
  'iifname',
  'oifname',
  'iif',
  'oif',
  'mark',
  'l4proto',
  'nfproto',
  'protocol',
  'skuid',
  'iifgroup',
  'oifgroup',
];

function statement(reader: Reader): Json[] {
  const word = reader.peek();
  if (PAYLOADS.includes(word) || METAS.includes(word) || ['meta', 'ct', 'fib', 'numgen'].includes(word))
    return matching(reader);
  reader.next();
  if (PLAIN.includes(word)) return [{ [word]: null }];
  switch (word) {
    case 'jump':
    case 'goto':
      return [{ [word]: { target: reader.next() } }];
    case 'counter':
      if (reader.take('packets')) for (let i = 0; i < 3; i++) reader.next();
      return [];
    case 'comment':
      reader.next();
      return [];
    case 'masquerade':
    case 'reject':
    case 'log':
      return [{ [word]: rest(reader) }];
    case 'dnat':
      return [rewritten(reader)];
    case 'redirect':
    case 'tproxy':
      return [{ [word]: rest(reader) }];
    case 'update':
    case 'add':
    case 'delete':
      return [{ set: rest(reader, (next) => next === '}') }];
    default:
      return [{ limit: word }]; // stands for whatever may or may not hold
  }
}

const BEGINS = ['accept', 'drop', 'return', 'jump', 'goto', 'comment', 'counter', 'reject', 'dnat', 'masquerade'];

/** Options of a statement, up to the next one. */
function rest(reader: Reader, isLast: (token: string) => boolean = () => false): string {
  const words: string[] = [];
  while (!reader.done && !BEGINS.includes(reader.peek())) {
    const word = reader.next();
    words.push(word);
    if (isLast(word)) break;
  }
  return words.join(' ');
}

/** `dnat to 10.0.0.1:80`, `dnat ip6 to [fd00::1]:80`. */
function rewritten(reader: Reader): Json {
  if (reader.peek() === 'ip' || reader.peek() === 'ip6') reader.next();
  if (!reader.take('to')) return { dnat: null };
  const word = reader.next();
  const [, bracketed, behind] = /^\[([^\]]+)\](?::(\d+))?$/.exec(word) ?? [];
  const [plain, port] = word.split(':');
  if (bracketed === undefined && word.split(':').length > 2) return { dnat: { addr: word } };
  const number = bracketed === undefined ? port : behind;
  return { dnat: { addr: bracketed ?? plain ?? '', ...(number !== undefined && { port: Number(number) }) } };
}

/** Something about the packet, and what it is to be; or a verdict map over it; or a change of its mark. */
function matching(reader: Reader): Json[] {
  const fields = [field(reader)];
  while (reader.take('.')) fields.push(field(reader));
  const left: Json = fields.length === 1 ? (fields[0] ?? null) : { concat: fields };
  if (reader.take('vmap')) return [{ vmap: { key: left, data: mapData(reader) } }];
  if (reader.take('set')) return [{ mangle: { key: left, value: changed(reader) } }];
  if (reader.take('&')) {
    const masked: Json = { '&': [left, number(reader.next())] };
    return [comparison(reader, masked)];
  }
  return [comparison(reader, left)];
}

function comparison(reader: Reader, left: Json): Json {
  const op = reader.take('!=') ? '!=' : '==';
  reader.take('==');
  return { match: { op, left, right: values(reader) } };
}

function field(reader: Reader): Json {
  const word = reader.next();
  if (PAYLOADS.includes(word)) return { payload: { protocol: word, field: reader.next() } };
  if (word === 'ct') return { ct: { key: reader.next() } };
  if (word === 'numgen') return generated(reader);
  if (word === 'fib') {
    const flags = reader.next();
    return { fib: { flags: [flags], result: reader.next() } };
  }
  return { meta: { key: word === 'meta' ? reader.next() : word } };
}

function generated(reader: Reader): Json {
  const mode = reader.next();
  reader.take('mod');
  const mod = number(reader.next());
  return { numgen: { mode, mod, offset: reader.take('offset') ? number(reader.next()) : 0 } };
}

const unquoted = (word: string): string => word.replace(/^"(.*)"$/, '$1');

/** `{ a, b }`, `a,b`, or one word. */
function values(reader: Reader): Json {
  if (reader.take('{')) {
    const set: Json[] = [];
    while (!reader.done && !reader.take('}')) if (!reader.take(',')) set.push(number(unquoted(reader.next())));
    return { set };
  }
  const list: Json[] = [number(unquoted(reader.next()))];
  while (reader.take(',')) list.push(number(unquoted(reader.next())));
  return list.length === 1 ? (list[0] ?? null) : list;
}

/** Behind `set`: `meta mark | 0x4000`, `mark ^ N`, or N. */
function changed(reader: Reader): Json {
  if (reader.peek() === 'meta' || reader.peek() === 'mark') {
    const left = field(reader);
    const operator = reader.next();
    return { [operator]: [left, number(reader.next())] };
  }
  return number(reader.next());
}

function mapData(reader: Reader): Json {
  if (!reader.take('{')) return reader.next();
  const words: string[] = [];
  while (!reader.done && !reader.take('}')) words.push(reader.next());
  return { set: elementsFrom(words) };
}
