import type { ProbeQuestion } from '../model/probe.ts';

const LINE = /^(\d+)\.([\dhs]+) \d+ (.*)$/s;

interface Seen {
  begun: Set<string>;
  ended: Set<string>;
  /** A look-up tells last how often it was tried. */
  tried: boolean;
}

function seenIn(stdout: string): Map<number, Seen> {
  const seen = new Map<number, Seen>();
  // what comes after the last line end may be half a line
  for (const line of stdout.split('\n').slice(0, -1)) {
    const [, index, name, text = ''] = LINE.exec(line) ?? [];
    if (index === undefined || name === undefined) continue;
    const one = seen.get(Number(index)) ?? { begun: new Set(), ended: new Set(), tried: false };
    one.begun.add(name);
    if (/^%rc=\d+$/.test(text)) one.ended.add(name);
    one.tried ||= /^%tries=\d+$/.test(text);
    seen.set(Number(index), one);
  }
  return seen;
}

function isWhole(question: ProbeQuestion, seen: Seen | undefined): boolean {
  if (!seen) return false;
  switch (question.ask) {
    case 'resolv-conf':
      return false; // a file without its last lines looks like any other
    case 'lookup':
    case 'nslookup':
      return seen.tried;
    case 'proxied':
      return seen.ended.size > 0;
    case 'connect': {
      // the quick ones end first: counted alone they would tell nothing of those that hang
      const ended = [...seen.ended].filter((name) => /^\d+$/.test(name)).length;
      return ended >= question.tries && seen.ended.size === seen.begun.size;
    }
  }
}

/** The questions (by index) whose answers stand whole in an output of the probe script that broke off somewhere. */
export function wholeAnswers(stdout: string, questions: readonly ProbeQuestion[]): Set<number> {
  const seen = seenIn(stdout);
  return new Set([...questions.keys()].filter((index) => isWhole(questions[index]!, seen.get(index))));
}
