import { type ApiServer, serveApi } from './api/server.ts';
import { fill, type Scenario } from './scenario/scenario.ts';
import { type Stage, stage } from './scenario/stage.ts';

export { loadScenarios } from './scenario/load.ts';
export type { Scenario } from './scenario/scenario.ts';

export interface PracticeSettings {
  scenario: Scenario;
  /** Of the API server, on the loopback interface; 0: any that is free. */
  port: number;
  /** What waits in the cluster waits as long as it says. */
  realTime: boolean;
  now: () => number;
  /** Called with each request that could not be answered well. */
  log(line: string): void;
}

export interface Practice {
  server: ApiServer;
  stage: Stage;
  /** Where the scenario's Service is looked for. */
  namespace: string;
  /** The scenario's further arguments for svc-debug. */
  args: string[];
  /** The text of a kubeconfig, with one context, `practice`. */
  kubeconfig: string;
  close(): Promise<void>;
}

/** Namespace of the scenario's objects. */
const HOME = 'shop';

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Sets a scenario up and serves it. Rejects with EADDRINUSE where the port is taken. */
export async function startPractice({ scenario, port, realTime, now, log }: PracticeSettings): Promise<Practice> {
  const set = await stage(scenario, HOME, now);
  const denials = scenario.practice.deny ?? [];
  const server = await serveApi({
    world: set.world,
    denials,
    port,
    now: now(),
    log,
    ...(realTime && { pause: sleep }),
  });
  const filled = (text: string) => fill(text, set.values);
  return {
    server,
    stage: set,
    namespace: filled(scenario.namespace ?? '$NS'),
    args: (scenario.args ?? []).map(filled),
    kubeconfig: kubeconfigOf(server),
    close: () => server.close(),
  };
}

/** JSON is YAML. */
const kubeconfigOf = ({ url, token, certificate }: ApiServer): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'practice',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(certificate).toString('base64') },
      },
    ],
    users: [{ name: 'practice', user: { token } }],
    contexts: [{ name: 'practice', context: { cluster: 'practice', user: 'practice', namespace: HOME } }],
    'current-context': 'practice',
  });
