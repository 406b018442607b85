import type { Practice, Scenario } from '../practice/practice.ts';
import { cancellation as createCancellation } from './cancellation.ts';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';

/** Keeps the cluster up until it is stopped, for kubectl and svc-debug in other terminals. */
export async function serve(
  host: Host,
  scenario: Scenario,
  { namespace, args }: Practice,
  file: string,
): Promise<number> {
  const { signal, stop } = createCancellation(host);
  host.stdout.write(`export KUBECONFIG=${file}\n`);
  const command = ['svc-debug', scenario.service, '-n', namespace, ...args].join(' ');
  host.stderr.write(
    `${scenario.name}: ${scenario.story}\nThe cluster stays up until Ctrl-C. In another terminal, after the line above:\n  ${command}\n`,
  );
  await new Promise<void>((resolve) => {
    // a pending promise alone does not keep Node alive; the server does, as long as it listens
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  stop();
  return EXIT.cancelled;
}
