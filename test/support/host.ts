import { PassThrough } from 'node:stream';
import type { Host } from '../../src/cli/host.ts';
import { main } from '../../src/cli/main.ts';
import { cleanEnv, type Ended } from './program.ts';

export interface RecordedHost extends Host {
  out(): string;
  said(): string;
}

/** A process without a terminal, of which nothing is seen but what it writes. */
export function recordedHost(argv: readonly string[], env: Host['env'] = {}): RecordedHost {
  const written = { out: '', said: '' };
  const stream = (name: keyof typeof written) =>
    Object.assign(new PassThrough(), { isTTY: false, columns: 80 }).on('data', (part: Buffer) => {
      written[name] += part.toString();
    }) as unknown as NodeJS.WriteStream;
  return {
    argv,
    env,
    cwd: '/',
    home: '/nowhere',
    stdin: Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.ReadStream,
    stdout: stream('out'),
    stderr: stream('said'),
    runId: 'practice-test',
    hasEnded: () => false,
    now: Date.now,
    onSignal: () => () => undefined,
    exit: (code) => {
      throw new Error(`exit ${code}`);
    },
    out: () => written.out,
    said: () => written.said,
  };
}

/** The whole program within the tests' own process: shows the same as a child process, and costs a tenth of it. */
export async function runInside(args: readonly string[], env: Host['env'] = {}): Promise<Ended> {
  const host = recordedHost(args, { ...cleanEnv(), ...env });
  const exitCode = await main(host);
  return { exitCode, stdout: host.out(), stderr: host.said() };
}
