import type { Place } from '../cluster/probers.ts';
import type { Target } from '../model/target.ts';
import type { View } from '../render/report.ts';
import type { Cancellation } from './cancellation.ts';
import type { ClientRef } from './clients.ts';
import type { Connection } from './connect.ts';
import type { Host } from './host.ts';
import type { InvestigateOptions } from './options.ts';
import type { Presenter } from './present.ts';
import type { Screen } from './screen.ts';

/** What one run of svc-debug works with. */
export interface Run {
  host: Host;
  options: InvestigateOptions;
  connection: Connection;
  target: Target;
  screen: Screen;
  view: View;
  presenter: Presenter;
  cancellation: Cancellation;
  /** What was printed on nodes: the text of each --node-output. */
  nodeOutputs: readonly string[];
  /** Fires when the run is cancelled, or its time is up. */
  signal: AbortSignal;
}

/** Milliseconds since 1970, ISO 8601. */
export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

export function targetOf(
  { port, path, scheme, forSeconds }: InvestigateOptions,
  namespace: string,
  service: string,
): Target {
  return {
    namespace,
    service,
    scheme,
    forSeconds,
    ...(port !== undefined && { port }),
    ...(path !== undefined && { path }),
  };
}

/** The vantage points that `--from` names; a new pod where it names none. */
export const placesOf = (from: readonly ClientRef[], namespace: string): Place[] =>
  from.length === 0 ? [{ kind: 'new-pod' }] : from.map((client) => placeOf(client, namespace));

function placeOf({ kind, name, namespace }: ClientRef, home: string): Place {
  return kind === 'node' ? { kind, name } : { kind, name, namespace: namespace ?? home };
}
