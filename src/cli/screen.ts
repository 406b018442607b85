import { createSpinner } from '../render/spinner.ts';
import type { Cancellation } from './cancellation.ts';
import type { Host } from './host.ts';
import { listen } from './keyboard.ts';
import type { InvestigateOptions } from './options.ts';
import type { Prompter } from './prompter.ts';

/** Where a run shows itself: results on stdout, everything else on stderr. One thing at a time has the terminal. */
export interface Screen {
  /** Whether a person is there who can be asked. */
  readonly interactive: boolean;
  /** Writes a result. */
  print(text: string): void;
  /** Writes beside the results. */
  say(text: string): void;
  /** Shows what is being done now, until something else is shown. */
  busy(text: string): void;
  /** Nothing is being done any more. */
  idle(): void;
  /** Hears single keys while it works; undefined: none. */
  onKey(heard: ((key: string) => void) | undefined): void;
  /** Gives the terminal to a question. Whoever rather stops cancels the run. */
  ask<T>(question: (prompter: Prompter) => Promise<T | undefined>): Promise<T | undefined>;
  close(): void;
}

/** Asked only where an answer can come: stdin and stderr are terminals, and it is no CI job. */
const isInteractive = ({ stdin, stderr, env }: Host, { input }: Pick<InvestigateOptions, 'input'>): boolean =>
  input && stdin.isTTY === true && stderr.isTTY === true && (env.CI ?? '') === '';

export async function createScreen(
  host: Host,
  options: InvestigateOptions,
  cancellation: Cancellation,
  /** Ends a question that is open. */
  signal: AbortSignal,
): Promise<Screen> {
  const { stdin, stdout, stderr, env } = host;
  const interactive = isInteractive(host, options);
  const spinner = await createSpinner(stderr, env);
  let heard: ((key: string) => void) | undefined;
  let deaf: (() => void) | undefined;
  const hear = () => {
    if (interactive) deaf ??= listen(stdin, { cancel: cancellation.cancel, key: (key) => heard?.(key) });
  };
  const stopHearing = () => {
    deaf?.();
    deaf = undefined;
  };
  let doing: string | undefined;
  const write = (stream: NodeJS.WriteStream, text: string) => {
    if (text === '') return;
    spinner.stop();
    stream.write(text);
    if (doing !== undefined) spinner.show(doing);
  };
  const idle = () => {
    doing = undefined;
    spinner.stop();
  };
  return {
    interactive,
    print: (text) => write(stdout, text),
    say: (text) => write(stderr, text),
    busy: (text) => {
      hear();
      doing = text;
      spinner.show(text);
    },
    idle,
    onKey: (handler) => {
      heard = handler;
    },
    ask: async (question) => {
      idle();
      stopHearing();
      const prompter = await prompterFor(host, options, signal);
      const answer = await question(prompter);
      if (answer === undefined && !signal.aborted) cancellation.cancel();
      return answer;
    },
    close: () => {
      idle();
      stopHearing();
    },
  };
}

async function prompterFor(host: Host, { color }: InvestigateOptions, signal: AbortSignal): Promise<Prompter> {
  const { stdin, stderr, env } = host;
  if (env.TERM === 'dumb') return (await import('./linePrompter.ts')).linePrompter({ stdin, stderr, signal });
  return (await import('./inquirerPrompter.ts')).inquirerPrompter({ stdin, stderr, color, signal });
}
