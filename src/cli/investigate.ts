import { asTold } from './asTold.ts';
import { type Cancellation, cancellation as createCancellation } from './cancellation.ts';
import { connect } from './connect.ts';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';
import type { InvestigateOptions } from './options.ts';
import { pickService } from './pickService.ts';
import { presenter } from './present.ts';
import { type Run, targetOf } from './run.ts';
import { createScreen, type Screen } from './screen.ts';
import { timeLimit } from './timeLimit.ts';
import { viewOf } from './view.ts';
import { wizard } from './wizard.ts';

/** Walks the checklist for one Service, and tells what is wrong with it. Gives the exit code. @throws UsageError */
export async function investigate(host: Host, options: InvestigateOptions): Promise<number> {
  const cancellation = createCancellation(host);
  const limit = timeLimit(cancellation.signal, options.timeoutSeconds);
  const screen = await createScreen(host, options, cancellation, limit.signal);
  try {
    const exit = await within({ host, options, screen, cancellation, signal: limit.signal });
    return cancellation.signal.aborted ? EXIT.cancelled : exit;
  } finally {
    screen.close();
    limit.clear();
    cancellation.stop();
  }
}

interface Setting {
  host: Host;
  options: InvestigateOptions;
  screen: Screen;
  cancellation: Cancellation;
  signal: AbortSignal;
}

async function within(setting: Setting): Promise<number> {
  const { host, options, signal } = setting;
  const connection = await connect(host, options);
  try {
    const view = viewOf(host, options, connection.clusterFlags);
    const shared = { ...setting, connection, view, presenter: presenter(options.output, view) };
    const cluster = connection.cluster.within(signal);
    const picked = await pickService(shared, cluster);
    if ('exit' in picked) return picked.exit;
    const run: Run = { ...shared, target: targetOf(options, connection.namespace, picked.service) };
    return await (asks(run) ? wizard(run, cluster) : asTold(run, cluster));
  } finally {
    connection.cluster.close();
  }
}

/** Whether there is something to ask, and someone to answer. */
const asks = ({ screen, options }: Run): boolean => screen.interactive && !options.yes && options.probe === 'auto';
