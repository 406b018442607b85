import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { View } from './report.ts';
import type { Meaning } from './theme.ts';

/** Below this the text stands under its heading instead of beside it. */
const NARROW = 60;

export const isNarrow = (view: View): boolean => view.width < NARROW;

/** Columns that headings such as `DO NOW` share. */
const LABEL_WIDTH = 8;

/** A piece of a block: a paragraph, or a command that stands on a line of its own, unwrapped, to be copied. */
export type Piece = { text: string } | { command: string };

export interface Block {
  label: string;
  meaning?: Meaning;
  pieces: readonly Piece[];
  /** A blank line stands before it. */
  apart?: boolean;
  /** Stands at the end of the first line where there is room for it. */
  aside?: string;
}

export const paragraph = (text: string): Piece => ({ text });

/** Lines of at most `width` columns; a word that is longer stays whole, so that names can be copied. */
export const wrap = (text: string, width: number): string[] => wrapAnsi(text, width).split('\n');

/** Fills up to a number of columns, also for letters that are two columns wide. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - stringWidth(text)));

export const fits = (text: string, width: number): boolean => stringWidth(text) <= width;

/** `first` in front of the first line, blanks of that width in front of the others. */
export function hang(first: string, text: string, width: number): string[] {
  const indent = stringWidth(first);
  const [head = '', ...rest] = wrap(text, width - indent);
  return [first + head, ...rest.map((line) => ' '.repeat(indent) + line)].map((line) => line.trimEnd());
}

/** A heading, and what belongs to it. */
export function blockLines(block: Block, view: View): string[] {
  const label = block.meaning ? view.theme.paint(block.meaning, block.label) : block.label;
  const lines: string[] = [];
  for (const piece of block.pieces) {
    const front = lines.length === 0 ? pad(label, LABEL_WIDTH) : ' '.repeat(LABEL_WIDTH);
    if ('text' in piece)
      lines.push(...paragraphLines(front, piece.text, lines.length === 0 ? block.aside : undefined, view));
    else lines.push(...(lines.length === 0 ? [label] : []), view.theme.paint('command', piece.command));
  }
  return block.apart ? ['', ...lines] : lines;
}

function paragraphLines(front: string, text: string, aside: string | undefined, view: View): string[] {
  if (aside === undefined || isNarrow(view)) return hang(front, text, view.width);
  const room = view.width - stringWidth(aside) - 2;
  const [first = '', ...rest] = hang(front, text, room);
  return [`${pad(first, room)}  ${aside}`, ...rest];
}

export const printed = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** `7.4 s`; minutes from two on. */
export function seconds(milliseconds: number): string {
  if (milliseconds < 120_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const whole = Math.round(milliseconds / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
