import { EXIT } from './exit.ts';
import type { Host } from './host.ts';

/** How a run is called off: by Ctrl-C, a signal, or because nobody reads its output any more. */
export interface Cancellation {
  readonly signal: AbortSignal;
  /** The first call ends the run in good order, the second ends the process at once. */
  cancel(): void;
  /** What the second call says before it ends the process: what is left in the cluster. */
  leaves(describe: () => string | undefined): void;
  stop(): void;
}

export function cancellation(host: Host): Cancellation {
  const controller = new AbortController();
  let lastWords: () => string | undefined = () => undefined;
  const cancel = () => {
    if (!controller.signal.aborted) return controller.abort();
    const words = lastWords();
    if (words !== undefined) host.stderr.write(`\n${words}\n`);
    return host.exit(EXIT.cancelled);
  };
  return {
    signal: controller.signal,
    cancel,
    leaves: (describe) => {
      lastWords = describe;
    },
    stop: host.onSignal(cancel),
  };
}
