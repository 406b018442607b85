/** C0 and C1 controls, DEL, line separators, and the marks that reorder text on a terminal (UAX #9). */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

const MORE = ' ...';

/** One printable line of at most `max` characters: whatever came from a cluster may be hostile. What is cut off ends with a word. */
export function clean(text: string, max = 256): string {
  const line = text.replace(UNPRINTABLE, ' ').trim();
  if (line.length <= max) return line;
  return `${line.slice(0, max - MORE.length).replace(/\s\S{0,40}$/, '')}${MORE}`;
}

/** The lines of a text, without line ends; CR LF counts as one. */
export const linesOf = (text: string): string[] => text.split(/\r?\n/);

/** The first group of the first line that matches. */
export function firstMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const group = pattern.exec(line)?.[1];
    if (group !== undefined) return group;
  }
  return undefined;
}

/** What one run of a tool left behind. */
export interface Transcript {
  text: string;
  /** Of the tool; absent when it was not seen to end. 143 is SIGTERM: its time was up. */
  exitCode?: number;
  durationMs: number;
}

/** 128 + SIGTERM, as a shell reports it. */
export const TIME_WAS_UP = 143;

// 126 and 127: not runnable. 128 + SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGKILL (out of memory), SIGSEGV.
const CRASHES = new Set([126, 127, 132, 134, 135, 136, 137, 139]);

/** Whether the tool itself broke, which says nothing about what it was asked. */
export const crashed = (transcript: Transcript): boolean =>
  transcript.exitCode !== undefined && CRASHES.has(transcript.exitCode);
