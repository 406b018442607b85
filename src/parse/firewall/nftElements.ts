import type { Json } from './nftWords.ts';

/** A quoted text, one sign of the grammar, or a word; names of chains may hold slashes, dots and colons. */
export const tokensOf = (line: string): string[] =>
  [...line.matchAll(/"[^"]*"|[{},]|[^\s{},"]+/g)].map(([token]) => token);

export const number = (word: string): Json => (/^(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : word);

/** The elements of a set or map, from the text between its braces. */
export const elementsOf = (text: string): Json[] => elementsFrom(tokensOf(text));

export function elementsFrom(words: readonly string[]): Json[] {
  const elements: Json[] = [];
  let element: string[] = [];
  for (const word of [...words, ',']) {
    if (word !== ',') element.push(word);
    else {
      if (element.length > 0) elements.push(elementFrom(element));
      element = [];
    }
  }
  return elements;
}

/** `10.0.0.1 . tcp . 80 comment "x" : goto CHAIN`, or without verdict for a set. */
function elementFrom(words: readonly string[]): Json {
  const colon = words.indexOf(':');
  const before = colon < 0 ? words : words.slice(0, colon);
  const parts: Json[] = [number(before[0] ?? '')];
  for (let i = 1; before[i] === '.'; i += 2) parts.push(number(before[i + 1] ?? ''));
  const key: Json = parts.length === 1 ? (parts[0] ?? null) : { concat: parts };
  if (colon < 0) return key;
  const [verdict = '', target] = words.slice(colon + 1);
  return [key, { [verdict]: target === undefined ? null : { target } }];
}
