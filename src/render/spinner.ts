import { wrap } from './layout.ts';
import { widthOf } from './report.ts';
import { cleanText } from './sanitize.ts';
import type { Environment } from './theme.ts';

/** Says what is being waited for; stopped before anything else is printed to that terminal. */
export interface Spinner {
  show(text: string): void;
  stop(): void;
}

const silent: Spinner = { show: () => undefined, stop: () => undefined };

/** A spinner on a terminal; elsewhere, on a dumb terminal and in CI, nothing. */
export async function createSpinner(stream: NodeJS.WriteStream, env: Environment): Promise<Spinner> {
  if (!stream.isTTY || env.TERM === 'dumb' || env.CI !== undefined) return silent;
  const { default: ora } = await import('ora');
  // With ora's default the terminal stays in raw mode, and Ctrl-C is dead while it spins: https://github.com/sindresorhus/ora/issues/253
  const spinner = ora({
    stream,
    discardStdin: false,
    isEnabled: true,
    color: false,
    spinner: { frames: ['-', '\\', '|', '/'], interval: 120 },
  });
  return {
    show(text) {
      // one line: what ora erases is what it counted
      spinner.text = wrap(cleanText(text), widthOf(stream) - 4)[0] ?? '';
      if (!spinner.isSpinning) spinner.start();
    },
    stop: () => void spinner.stop(),
  };
}
