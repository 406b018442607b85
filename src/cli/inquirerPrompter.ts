import { createPromptModule } from 'inquirer';
import { menuPrompt } from './keyboard.ts';
import { asked, type Choice, columns, narrowed, type Prompter } from './prompter.ts';

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

  // two columns for the cursor, and one that stays free: terminals differ on what a full line does
  const width = () => (stderr.columns ?? 80) - 3;

  return {
    search: (question, choices) => {
      const message = asked(question, width());
      const lines = listed(choices, message, width());
      const source = (term = '') => narrowed(choices, term).flatMap((choice) => lines[choices.indexOf(choice)] ?? []);
      return picked(prompt<{ index: number }>([{ ...common, type: 'search', message, source }]), choices);
    },
    select: (question, choices, start) => {
      const message = asked(question, width());
      const lines = listed(choices, message, width());
      const select = { ...common, type: 'select', message, choices: lines, default: start, loop: false } as const;
      return picked(prompt<{ index: number }>([select]), choices);
    },
    key: (menu) => menuPrompt({ stdin, stderr, signal }, menu),
  };
}

/** The choices by their index. What stands behind the question once it is answered goes to the next line if it must. */
function listed(choices: readonly Choice<unknown>[], message: string, width: number) {
  const names = columns(choices, width);
  const room = width - (message.split('\n').at(-1) ?? '').length - 1;
  return choices.map(({ label }, value) => ({
    value,
    name: names[value] ?? label,
    short: label.length > room ? `\n  ${label}` : label,
  }));
}

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
