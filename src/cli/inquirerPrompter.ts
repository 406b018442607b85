import { createPromptModule } from 'inquirer';
import { menuPrompt } from './keyboard.ts';
import { type Choice, columns, narrowed, type Prompter } from './prompter.ts';

export interface PromptTerminal {
  stdin: NodeJS.ReadStream;
  stderr: NodeJS.WriteStream;
  color: boolean;
  /** Ends a question that is open. */
  signal: AbortSignal;
}

/** Names of the errors by which inquirer says that there is no answer: Ctrl-C, end of input, the signal. */
const NO_ANSWER = ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'];
const PAGE_SIZE = 12;

/** Asks in a terminal, on stderr: stdout stays clean for results. */
export function inquirerPrompter({ stdin, stderr, color, signal }: PromptTerminal): Prompter {
  const prompt = createPromptModule({ input: stdin, output: stderr, signal });
  const common = { name: 'index', pageSize: PAGE_SIZE, ...(color ? {} : { theme: PLAIN }) } as const;

  /** Asks for the index of a choice, and gives the choice. */
  async function picked<T>(asked: Promise<{ index: number }>, choices: readonly Choice<T>[]): Promise<T | undefined> {
    try {
      return choices[(await asked).index]?.value;
    } catch (error) {
      if (error instanceof Error && NO_ANSWER.includes(error.name)) return undefined;
      throw error;
    }
  }

  return {
    search: (message, choices) => {
      const lines = listed(choices);
      const source = (term = '') => narrowed(choices, term).flatMap((choice) => lines[choices.indexOf(choice)] ?? []);
      return picked(prompt<{ index: number }>([{ ...common, type: 'search', message, source }]), choices);
    },
    select: (message, choices, start) => {
      const lines = listed(choices);
      const question = { ...common, type: 'select', message, choices: lines, default: start, loop: false } as const;
      return picked(prompt<{ index: number }>([question]), choices);
    },
    key: (menu) => menuPrompt({ stdin, stderr, signal }, menu),
  };
}

const listed = (choices: readonly Choice<unknown>[]) => {
  const names = columns(choices);
  return choices.map(({ label }, value) => ({ value, name: names[value] ?? label, short: label }));
};

const same = (text: string) => text;

/** inquirer reads NO_COLOR by itself, but knows nothing of --no-color. */
const PLAIN = {
  prefix: { idle: '?', done: '?' },
  icon: { cursor: '>' },
  style: {
    answer: same,
    message: same,
    error: (text: string) => `> ${text}`,
    defaultAnswer: (text: string) => `(${text})`,
    help: same,
    highlight: same,
    key: (text: string) => `<${text}>`,
    searchTerm: same,
    description: same,
    disabled: same,
  },
};
