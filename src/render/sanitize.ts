import { redact } from './redact.ts';

/** Characters of one piece of text that are shown; what is longer is cut. */
const LONGEST = 1000;
/** Commands are cut only where they cannot be real: half of one is worse than none. */
const LONGEST_COMMAND = 20_000;
/** So many times as much is looked at before cutting, so that a line of 10 MB costs nothing. */
const LOOKED_AT = 4;

/** Whole escape sequences, in their 7-bit and 8-bit forms: CSI, then OSC, DCS, SOS, PM and APC, then the short ones. ECMA-48. */
const SEQUENCES = [
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g,
  /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)/g,
  /\x1b[ -/]*[0-~]/g,
];
/** Line ends, tabs, and the separators that a terminal or a browser takes for line ends. */
const BREAKS = /[\t-\r\x85\u2028\u2029]+/g;
/** Controls, marks that turn the writing direction, and whatever has no width of its own. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** Private characters show as anything; lone halves of a pair cannot be encoded. */
const UNKNOWN = /[\p{Co}\p{Cs}]/gu;
/** Marks piled upon one letter run over the lines above it. */
const PILED = /(\p{M}{3})\p{M}+/gu;

/** One line of plain text that is safe to show: from a cluster comes hostile text. */
export function cleanText(text: string, longest = LONGEST): string {
  const looked = text.slice(0, longest * LOOKED_AT);
  const bare = SEQUENCES.reduce((rest, sequence) => rest.replace(sequence, ''), looked)
    .replace(BREAKS, ' ')
    .replace(UNSEEN, '')
    .replace(UNKNOWN, '\ufffd')
    .replace(PILED, '$1');
  return shorten(redact(bare), longest);
}

function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // no half of a pair is left at the cut
  return `${text.slice(0, longest - 3).replace(/[\ud800-\udbff]$/, '')}...`;
}

declare const cleaned: unique symbol;
/** Went through {@link clean}. Renderers take nothing else, so that no text reaches an output uncleaned. */
export type Clean<T> = T & { readonly [cleaned]: true };

/** A copy in which every string, also those of keys, is safe to show. The one boundary before every renderer. */
export const clean = <T>(value: T): Clean<T> => cleanValue(value, LONGEST) as Clean<T>;

function cleanValue(value: unknown, longest: number): unknown {
  if (typeof value === 'string') return cleanText(value, longest);
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, longest));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [cleanText(key), cleanValue(item, limitOf(key, longest))]);
  return Object.fromEntries(entries);
}

const limitOf = (key: string, longest: number): number =>
  key === 'command' || key === 'commands' ? LONGEST_COMMAND : longest;
