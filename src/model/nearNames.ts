import { distance } from 'fastest-levenshtein';

/** `spelling`: a slip of the finger apart. `part`: one name is the other with something before or behind it, as Helm and habit add. */
export interface NearName {
  name: string;
  how: 'spelling' | 'part';
}

const MOST = 3;

/** The candidates that someone who wrote `wanted` may have meant, nearest first; at most three. */
export function nearNames(wanted: string, candidates: readonly string[]): NearName[] {
  return candidates
    .filter((name) => name !== wanted)
    .flatMap((name) => {
      const rank = rankOf(wanted, name);
      return rank === undefined ? [] : [{ name, rank }];
    })
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map(({ name, rank }) => ({ name, how: rank < PART ? 'spelling' : 'part' }));
}

const PART = 10;

function rankOf(wanted: string, name: string): number | undefined {
  // `web-2` is a relation of `web`, not a slip
  const extra = extraParts(wanted.split('-'), name.split('-'));
  if (extra !== undefined) return PART + extra;
  const [a, b] = [bare(wanted), bare(name)];
  const apart = swapped(a, b) ? 1 : distance(a, b);
  return apart <= slipsIn(a) ? apart : undefined;
}

/** Letters only: `host-names`, `Hostnames` and `hostnames` are the same word. */
const bare = (name: string): string => name.toLowerCase().replaceAll(/[-_.]/g, '');

/** How many letters may differ: two short words that differ by two letters have nothing in common. */
const slipsIn = ({ length }: string): number => (length < 3 ? 0 : length < 6 ? 1 : 2);

/** Two neighbouring letters changed places: one slip, though two letters differ. */
function swapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const first = [...a].findIndex((letter, i) => letter !== b[i]);
  return first >= 0 && `${a.slice(0, first)}${a[first + 1]}${a[first]}${a.slice(first + 2)}` === b;
}

/** How many dash-separated parts the longer name adds before or behind the shorter; undefined when it is no such extension. */
function extraParts(a: readonly string[], b: readonly string[]): number | undefined {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const word = short.join('-');
  const extends_ = long.slice(0, short.length).join('-') === word || long.slice(-short.length).join('-') === word;
  return extends_ && long.length > short.length ? long.length - short.length : undefined;
}
