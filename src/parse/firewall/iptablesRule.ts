import type { Action, Condition, Rule } from '../../model/firewall/types.ts';

/** Words of a rule, with quoted comments as one word. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** Options that say nothing of a packet, with the number of words that belong to them. */
const SILENT: Readonly<Record<string, number>> = {
  '-m': 1,
  '--comment': 1,
  '--nfacct-name': 1,
  '--set': 0,
  '--name': 1,
  '--mask': 1,
  '--rsource': 0,
  '--rdest': 0,
  '--seconds': 1,
  '--hitcount': 1,
  '--reap': 0,
  '--rttl': 0,
  '--mode': 1,
  '--packet': 1,
  '--syn': 0,
  '-c': 2,
};

type Read = (value: string, not: boolean) => Condition;

const list = (value: string): string[] => value.split(',');

const address =
  (on: 'source' | 'destination'): Read =>
  (value, not) => ({ on, among: list(value), not });

/** `80`, `80:90`, and with multiport several of them. */
function port(value: string, not: boolean): Condition {
  const ranges = list(value).map((range) => {
    const [from = '', to = from] = range.split(':');
    return [Number(from || 0), Number(to || 65_535)] as const;
  });
  return ranges.flat().some(Number.isNaN) ? { on: 'unknown' } : { on: 'port', ranges, not };
}

const state: Read = (value, not) => ({ on: 'state', among: list(value.toLowerCase()), not });

const local =
  (on: 'local-source' | 'local-destination'): Read =>
  (value, not) =>
    value === 'LOCAL' ? { on, not } : { on: 'unknown' };

/** `0x4000/0x4000`; without a mask all bits count. */
function bits(value: string): { value: number; mask: number } | undefined {
  const [first = '', mask = '0xffffffff'] = value.split('/');
  const both = { value: Number(first), mask: Number(mask) };
  return first === '' || Number.isNaN(both.value) || Number.isNaN(both.mask) ? undefined : both;
}

function mark(value: string, not: boolean): Condition {
  const read = bits(value);
  return read ? { on: 'mark', ...read, not } : { on: 'unknown' };
}

const share = (value: string, of: (number: number) => number): Condition => {
  const number = Number(value);
  return number > 0 && Number.isFinite(number) ? { on: 'chance', share: Math.min(1, of(number)) } : { on: 'unknown' };
};

/** A packet between pods neither comes in nor goes out on the loopback interface. */
const through: Read = (value, not) => (value === 'lo' && !not ? { on: 'never' } : { on: 'unknown' });

/** Options with one value, by the extensions they belong to: iptables-extensions(8). */
const READ: Readonly<Record<string, Read>> = {
  '-s': address('source'),
  '-d': address('destination'),
  '-p': (value, not) => (value === 'all' ? { on: 'unknown' } : { on: 'protocol', among: [value.toLowerCase()], not }),
  '-i': through,
  '-o': through,
  '--dport': port,
  '--dports': port,
  '--ctstate': state,
  '--state': state,
  '--dst-type': local('local-destination'),
  '--src-type': local('local-source'),
  '--mark': mark,
  '--probability': (value) => share(value, (number) => number),
  '--every': (value) => share(value, (number) => 1 / number),
};

/** Options without value that only hold for a client that was here before. */
const BEFORE = ['--rcheck', '--update'];

/** A rule as `iptables-save` prints it behind `-A CHAIN `. */
export function iptablesRule(chain: string, text: string): Rule {
  const words = wordsOf(text);
  const conditions: Condition[] = [];
  let not = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '-j' || word === '-g')
      return { conditions, actions: actionsOf(words.slice(i)), text: shown(chain, text) };
    if (word === '!') {
      not = true;
      continue;
    }
    const [silent, read] = [SILENT[word], READ[word]];
    if (read) conditions.push(read(words[++i] ?? '', not));
    else if (silent !== undefined) i += silent;
    else conditions.push({ on: BEFORE.includes(word) ? 'never' : 'unknown' });
    not = false;
  }
  return { conditions, actions: [], text: shown(chain, text) };
}

const shown = (chain: string, text: string): string => `-A ${chain} ${text}`;

/** Targets that change or note something and let the packet go on. */
const GO_ON =
  /^(LOG|NFLOG|ULOG|CONNMARK|CONNSECMARK|SECMARK|TCPMSS|TCPOPTSTRIP|DSCP|TOS|TTL|HL|CLASSIFY|CHECKSUM|AUDIT|TRACE|SET|RATEEST|LED|ECN|SNAT|NETMAP|IDLETIMER)$/;

function actionsOf([how = '-j', target = '', ...options]: readonly string[]): Action[] {
  const after = (option: string): string => options[options.indexOf(option) + 1] ?? '';
  if (how === '-g') return [{ do: 'goto', chain: target }];
  switch (target) {
    case 'ACCEPT':
      return [{ do: 'accept' }];
    case 'DROP':
      return [{ do: 'drop' }];
    case 'REJECT':
      return [{ do: 'reject' }];
    case 'RETURN':
      return [{ do: 'return' }];
    case 'MASQUERADE':
      return [{ do: 'masquerade' }];
    case 'DNAT':
      return options.includes('--to-destination')
        ? [{ do: 'rewrite', to: after('--to-destination') }]
        : [{ do: 'unknown' }];
    case 'REDIRECT':
    case 'TPROXY':
      return [{ do: 'redirect' }];
    case 'NOTRACK':
      return [{ do: 'untrack' }];
    case 'CT':
      return options.includes('--notrack') ? [{ do: 'untrack' }] : [];
    case 'MARK':
      return marking(options);
    case 'NFQUEUE':
    case 'QUEUE':
      return [{ do: 'unknown' }];
    default:
      return GO_ON.test(target) ? [] : [{ do: 'jump', chain: target }];
  }
}

/** `--set-xmark V/M` zeroes the bits of M and flips those of V; the others are short for it. */
function marking([option = '', value = '']: readonly string[]): Action[] {
  const read = bits(value);
  if (!read) return [{ do: 'unknown' }];
  switch (option) {
    case '--set-xmark':
      return [{ do: 'mark', ...read }];
    case '--set-mark':
      return [{ do: 'mark', value: read.value, mask: (read.mask | read.value) >>> 0 }];
    case '--or-mark':
      return [{ do: 'mark', value: read.value, mask: read.value }];
    case '--and-mark':
      return [{ do: 'mark', value: 0, mask: ~read.value >>> 0 }];
    case '--xor-mark':
      return [{ do: 'mark', value: read.value, mask: 0 }];
    default:
      return [{ do: 'unknown' }];
  }
}
