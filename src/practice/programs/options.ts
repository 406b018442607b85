/** Single-letter options, alone or together, with values beside or behind them, and the words that are left. */
export interface Options {
  flags: Map<string, string>;
  /** Values of options that may come more than once, in order. */
  all: [string, string][];
  words: string[];
}

/**
 * Reads options as getopt does. `valued`: letters, and long names without dashes, that take a value.
 * `last`: the option whose value is everything that follows.
 */
export function options(argv: readonly string[], valued: readonly string[], last?: string): Options {
  const flags = new Map<string, string>();
  const all: [string, string][] = [];
  const words: string[] = [];
  const rest = argv.slice(1);
  const put = (name: string, value: string) => {
    flags.set(name, value);
    all.push([name, value]);
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      words.push(...rest);
      break;
    }
    if (word.startsWith('--')) {
      const [name = '', ...value] = word.slice(2).split('=');
      put(name, value.length > 0 ? value.join('=') : valued.includes(name) ? (rest.shift() ?? '') : '');
    } else if (/^-./.test(word)) {
      for (let letters = word.slice(1); letters !== ''; letters = letters.slice(1)) {
        const letter = letters.charAt(0);
        if (!valued.includes(letter)) {
          put(letter, '');
          continue;
        }
        put(letter, letters.length > 1 ? letters.slice(1) : (rest.shift() ?? ''));
        if (letter === last) words.push(...rest.splice(0));
        break;
      }
    } else words.push(word);
  }
  return { flags, all, words };
}
