import { PassThrough } from 'node:stream';
import type { Host } from '../../src/cli/host.ts';

export interface RecordedHost extends Host {
  out(): string;
  said(): string;
}

/** A process without a terminal, of which nothing is seen but what it writes. */
export function recordedHost(argv: readonly string[]): RecordedHost {
  const written = { out: '', said: '' };
  const stream = (name: keyof typeof written) =>
    Object.assign(new PassThrough(), { isTTY: false, columns: 80 }).on('data', (part: Buffer) => {
      written[name] += part.toString();
    }) as unknown as NodeJS.WriteStream;
  return {
    argv,
    env: {},
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
