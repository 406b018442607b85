import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { cleanEnv, emptyFolder, PROGRAM } from '../support/program.ts';

const MOMENTS = 20;
const LATEST_MS = 1500;
const LIMIT_MS = 60_000;

/** Runs it, and sends a signal after so many milliseconds. Gives how it ended, what it leaves, and what it said. */
async function interrupted(args: readonly string[], signal: NodeJS.Signals, milliseconds: number) {
  const place = emptyFolder();
  const child = spawn(process.execPath, [PROGRAM, 'practice', ...args], { env: { ...cleanEnv(), TMPDIR: place } });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      said += part.toString();
    });
  const ended = new Promise((resolve) => child.on('close', (code, killedBy) => resolve(killedBy ?? code)));
  setTimeout(() => child.kill(signal), milliseconds);
  return { end: await ended, left: readdirSync(place), said };
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

describe('a signal at any moment ends everything', () => {
  const moments = Array.from({ length: MOMENTS }, () => Math.round(Math.random() * LATEST_MS));

  test.concurrent.each(moments)(
    'in a walk, after %i ms',
    async (milliseconds) => {
      const args = ['pods-one-of-three-hangs', '--no-input'];
      const { end, left, said } = await interrupted(args, 'SIGINT', milliseconds);
      // before Node has read the program nobody is there to hear the signal; the walk may be over before it comes
      expect([130, 'SIGINT', 1]).toContain(end);
      expect(left).toEqual([]);
      expect(said).not.toMatch(/defect|TypeError|at .*\.js:\d+/);
    },
    LIMIT_MS,
  );

  test.concurrent.each(moments.slice(0, MOMENTS / 2))(
    'while it serves, after %i ms',
    async (milliseconds) => {
      const port = await freePort();
      const { end, left } = await interrupted(['hostnames', '--serve', '--port', `${port}`], 'SIGTERM', milliseconds);
      expect([130, 'SIGTERM']).toContain(end);
      expect([left, await isListening(port)]).toEqual([[], false]);
    },
    LIMIT_MS,
  );
});
