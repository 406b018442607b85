import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type ConnectOptions, connectCluster } from '../../src/cluster/client.ts';
import { type LoadedKubeconfig, loadKubeconfig } from '../../src/cluster/kubeconfig.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import type { Fact, Obstacle } from '../../src/model/fact.ts';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../support/apiServer.ts';

// A third of a second and more, which shall not count against the first test.
await import('../../src/cluster/library.ts');

export const SECRET = 'test-token-that-nobody-may-see';

/** A directory that is gone when the test ends. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'svc-debug-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Files in a directory of their own; their absolute paths, in order. */
export async function files(contents: Record<string, string>, mode = 0o600): Promise<string[]> {
  const directory = await temporaryDirectory();
  const paths = Object.keys(contents).map((name) => path.join(directory, name));
  await Promise.all(Object.values(contents).map((content, i) => writeFile(paths[i]!, content, { mode })));
  return paths;
}

/** A program for the tests: JavaScript, run by this Node. */
export async function program(source: string): Promise<string> {
  const [file = ''] = await files({ plugin: `#!${process.execPath}\n${source}` }, 0o700);
  return file;
}

export async function apiServer(options?: ApiServerOptions): Promise<ApiServer> {
  const server = await startApiServer(options);
  onTestFinished(() => server.close());
  return server;
}

async function loaded(kubeconfig: string, env: NodeJS.ProcessEnv = {}): Promise<LoadedKubeconfig> {
  const [file] = await files({ config: kubeconfig });
  const result = await loadKubeconfig({ file, env: { PATH: process.env.PATH, ...env }, homedir: '/nonexistent' });
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result;
}

export interface ConnectedOptions extends ConnectOptions {
  user?: object;
  cluster?: object;
  env?: NodeJS.ProcessEnv;
}

/** A cluster that talks to the server, with short pauses. */
export async function connected(
  server: ApiServer,
  { user, cluster, env, ...options }: ConnectedOptions = {},
): Promise<Cluster> {
  const kubeconfig = server.kubeconfig({ user: user ?? { token: SECRET }, ...(cluster && { cluster }) });
  const client = connectCluster(await loaded(kubeconfig, env), { retryDelaysMs: [1, 2], ...options });
  onTestFinished(() => client.close());
  return client;
}

export function obstacleOf(fact: Fact<unknown>): Obstacle {
  if (fact.known) throw new Error(`known: ${JSON.stringify(fact.value)}`);
  return fact.obstacle;
}

export function knownValue<T>(fact: Fact<T>): T {
  if (!fact.known) throw new Error(`unknown: ${JSON.stringify(fact.obstacle)}`);
  return fact.value;
}
