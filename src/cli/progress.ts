import type { StepId } from '../model/finding.ts';
import { lowerFirst } from '../render/words.ts';
import { wizard as text } from '../text/en/wizard.ts';
import type { Run } from './run.ts';

/** What is being waited for, as the spinner shows it. */
export interface Progress {
  waiting(step: StepId): void;
  /** What the cluster says of a pod that is starting; undefined: it has started, or never will. */
  pod(event: string | undefined): void;
  stop(): void;
}

const GO_ON = 'g';

/** `giveUp`: called when the key is pressed that goes on without a pod that does not start. */
export function progressOf({ screen, view: { catalogue } }: Run, giveUp: () => void): Progress {
  let step: StepId | undefined;
  let starting: string | undefined;
  const show = () => {
    const skip = screen.interactive ? ` (${text.progress.goOn})` : '';
    const title = step && text.progress.step(lowerFirst(catalogue.steps[step].title));
    screen.busy(starting === undefined ? (title ?? text.progress.reading) : text.progress.pod(starting) + skip);
  };
  screen.onKey((key) => {
    if (key.toLowerCase() === GO_ON && starting !== undefined) giveUp();
  });
  show();
  return {
    waiting: (next) => {
      step = next;
      show();
    },
    pod: (event) => {
      starting = event;
      show();
    },
    stop: () => {
      screen.onKey(undefined);
      screen.idle();
    },
  };
}
