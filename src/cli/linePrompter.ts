import { createInterface } from 'node:readline';
import type { PromptTerminal } from './inquirerPrompter.ts';
import { menuPrompt } from './keyboard.ts';
import { type Choice, columns, narrowed, type Prompter } from './prompter.ts';

/** Choices of a search that are printed at once. */
const MOST_SHOWN = 20;
/** Columns of the number in front of a choice. */
const INDENT = 5;

/** Asks by numbered lines, for a terminal that cannot move its cursor (TERM=dumb). */
export function linePrompter(terminal: Omit<PromptTerminal, 'color'>): Prompter {
  const { stderr } = terminal;

  async function byNumber<T>(choices: readonly Choice<T>[], start: number): Promise<T | undefined> {
    columns(choices, (stderr.columns ?? 80) - INDENT - 1).forEach((line, i) => {
      stderr.write(`${String(i + 1).padStart(3)}  ${line.replaceAll('\n', `\n${' '.repeat(INDENT)}`)}\n`);
    });
    const answer = await line(terminal, `Number [${start + 1}]: `);
    if (answer === undefined) return undefined;
    const choice = choices[answer === '' ? start : Number(answer) - 1];
    return choice ? choice.value : byNumber(choices, start);
  }

  return {
    select: (question, choices, start) => {
      stderr.write(`? ${question}\n`);
      return byNumber(choices, start);
    },
    search: async (question, choices) => {
      let found = [...choices];
      while (found.length > MOST_SHOWN) {
        const term = await line(terminal, `? ${question} (${found.length}; part of the name): `);
        if (term === undefined) return undefined;
        const narrower = narrowed(found, term);
        if (narrower.length > 0) found = term === '' ? narrower.slice(0, MOST_SHOWN) : narrower;
      }
      stderr.write(`? ${question}\n`);
      return byNumber(found, 0);
    },
    key: (menu) => menuPrompt(terminal, menu),
  };
}

/** One line that is typed. Undefined on Ctrl-C, at the end of the input, or when the signal fires. */
function line({ stdin, stderr, signal }: Omit<PromptTerminal, 'color'>, prompt: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdin, output: stderr, terminal: false });
    const settle = (answer: string | undefined) => {
      resolve(answer?.trim());
      signal.removeEventListener('abort', stop);
      lines.close();
    };
    const stop = () => settle(undefined);
    lines.once('line', settle);
    lines.once('close', stop);
    signal.addEventListener('abort', stop, { once: true });
    stderr.write(prompt);
    if (signal.aborted) stop();
  });
}
