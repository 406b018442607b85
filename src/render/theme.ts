import { Chalk, type ColorSupportLevel } from 'chalk';

/** What a piece of text means. Each has a word of its own in front of it, so that colour never carries meaning alone. */
export type Meaning =
  | 'good'
  | 'bad'
  | 'warning'
  /** Could not be known. */
  | 'open'
  | 'heading'
  | 'command';

export interface Theme {
  paint(meaning: Meaning, text: string): string;
}

/** Words in front of a line, all ASCII. They fit the column of {@link MARK_WIDTH}. */
export const MARKS = {
  pass: 'ok',
  fail: 'BAD',
  skip: '--',
  unknown: '??',
  warning: 'warn',
  info: 'note',
} as const;
export type Mark = keyof typeof MARKS;
export const MARK_WIDTH = 5;

export const MARK_MEANING: Record<Mark, Meaning | undefined> = {
  pass: 'good',
  fail: 'bad',
  skip: undefined,
  unknown: 'open',
  warning: 'warning',
  info: undefined,
};

/**
 * Colours that can be read on a light and on a dark background: no yellow, white, grey or dim, and the text itself
 * stays in the terminal's own colour.
 */
export function createTheme(level: ColorSupportLevel): Theme {
  const chalk = new Chalk({ level });
  const paints: Record<Meaning, (text: string) => string> = {
    good: chalk.green.bold,
    bad: chalk.red.bold,
    warning: chalk.magenta.bold,
    open: chalk.magenta.bold,
    heading: chalk.bold,
    command: chalk.bold,
  };
  return { paint: (meaning, text) => paints[meaning](text) };
}

/** No colour at all: pipes, files, dumb terminals. */
export const plainTheme: Theme = { paint: (_meaning, text) => text };

/** The part of a tty.WriteStream that tells what it can show. */
export interface ColorStream {
  isTTY?: boolean;
  getColorDepth?(env?: object): number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** chalk's levels by the bits that `getColorDepth` gives. https://nodejs.org/api/tty.html#writestreamgetcolordepthenv */
const LEVEL_BY_DEPTH: Record<number, ColorSupportLevel> = { 1: 0, 4: 1, 8: 2, 24: 3 };

/**
 * How much colour a stream gets. chalk on its own colours in spite of NO_COLOR (https://no-color.org), hence this.
 * `flag`: false for --no-color.
 */
export function colorLevel(stream: ColorStream, env: Environment, flag?: boolean): ColorSupportLevel {
  if (flag === false || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb') return 0;
  if (env.FORCE_COLOR !== undefined) return forcedLevel(env.FORCE_COLOR);
  if (!stream.isTTY || env.CI !== undefined) return 0;
  return LEVEL_BY_DEPTH[stream.getColorDepth?.(env) ?? 4] ?? 1;
}

/** FORCE_COLOR as chalk reads it: empty or true is 1, false is 0, else a level. */
function forcedLevel(value: string): ColorSupportLevel {
  if (value === '' || value === 'true') return 1;
  if (value === 'false') return 0;
  const level = Number.parseInt(value, 10);
  return (Number.isNaN(level) ? 1 : Math.min(Math.max(level, 0), 3)) as ColorSupportLevel;
}
