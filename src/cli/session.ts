import { asTold } from './asTold.ts';
import type { Cancellation } from './cancellation.ts';
import { connect } from './connect.ts';
import type { Host } from './host.ts';
import { readNodeOutputs } from './nodeOutputs.ts';
import type { InvestigateOptions } from './options.ts';
import { pickService } from './pickService.ts';
import { presenter } from './present.ts';
import { type Run, targetOf } from './run.ts';
import type { Screen } from './screen.ts';
import { withSettings } from './settings/settingsFile.ts';
import { viewOf } from './view.ts';
import { wizard } from './wizard.ts';

export interface Setting {
  host: Host;
  options: InvestigateOptions;
  screen: Screen;
  cancellation: Cancellation;
  signal: AbortSignal;
}

/** A run from the connection to the last word. Gives the exit code of the verdict. @throws UsageError */
export async function session(setting: Setting): Promise<number> {
  const { host, signal } = setting;
  const connection = await connect(host, setting.options);
  try {
    const options = await withSettings(host, setting.options, connection.cluster.context);
    const view = viewOf(host, options, connection.clusterFlags);
    const nodeOutputs = await readNodeOutputs(options.nodeOutput);
    const shared = { ...setting, options, nodeOutputs, connection, view, presenter: presenter(options.output, view) };
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
