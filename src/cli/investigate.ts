import { wizard as text } from '../text/en/wizard.ts';
import { cancellation as createCancellation } from './cancellation.ts';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';
import type { InvestigateOptions } from './options.ts';
import { createScreen } from './screen.ts';
import { timeLimit } from './timeLimit.ts';

/** Walks the checklist for one Service, and tells what is wrong with it. Gives the exit code. @throws UsageError */
export async function investigate(host: Host, options: InvestigateOptions): Promise<number> {
  const cancellation = createCancellation(host);
  const limit = timeLimit(cancellation.signal, options.timeoutSeconds);
  const screen = await createScreen(host, options, cancellation, limit.signal);
  try {
    // said before the rest of the program is loaded
    screen.busy(text.progress.starting);
    const { session } = await import('./session.ts');
    const exit = await session({ host, options, screen, cancellation, signal: limit.signal });
    return cancellation.signal.aborted ? EXIT.cancelled : exit;
  } finally {
    screen.close();
    limit.clear();
    cancellation.stop();
  }
}
