import { readFileSync } from 'node:fs';
import type { Transcript } from '../../src/parse/text.ts';

/** A command of a recording, with what it printed and how it ended. */
export interface Recorded {
  /** Without the program's own path. */
  command: string;
  transcript: Transcript;
}

/** Recordings are `$ COMMAND`, the output, `rc=N`, a blank line, one after another. No time was written down. */
export function recorded(file: string): Recorded[] {
  const text = readFileSync(new URL(`../recorded/${file}`, import.meta.url), 'utf8');
  const entries = text.matchAll(/^\$ (?:bin\/\S+ )?(.+)\n([\s\S]*?)rc=(\d+)$/gm);
  return [...entries].map(([, command = '', output = '', exitCode]) => ({
    command,
    transcript: { text: output, exitCode: Number(exitCode), durationMs: 10 },
  }));
}

/** The transcript of a command in a recording; the exact words, without the program's path. */
export function transcriptOf(file: string, command: string): Transcript {
  const found = recorded(file).find((entry) => entry.command === command);
  if (!found) throw new Error(`${file} has no ${command}`);
  return found.transcript;
}
