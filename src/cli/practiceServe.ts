import type { Practice, Scenario } from '../practice/practice.ts';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';

/** A scenario that is up. */
export interface Played {
  scenario: Scenario;
  practice: Practice;
  /** Its kubeconfig. */
  file: string;
  /** Fires when the run is called off. */
  signal: AbortSignal;
}

/** Keeps the cluster up until it is stopped, for kubectl and svc-debug in other terminals. */
export async function serve(host: Host, { scenario, practice, file, signal }: Played): Promise<number> {
  const command = ['svc-debug', scenario.service, '-n', practice.namespace, ...practice.args].join(' ');
  host.stderr.write(
    `${scenario.name}: ${scenario.story}\nThe cluster stays up until Ctrl-C. In another terminal, after the line below:\n  ${command}\n`,
  );
  host.stdout.write(`export KUBECONFIG=${file}\n`);
  // a pending promise alone does not keep Node alive; the server does, as long as it listens
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  return EXIT.cancelled;
}
