import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { askFrom } from '../../src/cluster/probeRun.ts';
import type { ConnectAnswer, ProbeQuestion } from '../../src/model/probe.ts';
import {
  busybox,
  busyboxTalks,
  HERE,
  has,
  type LocalServers,
  localCluster,
  localServers,
  type Shell,
} from './probeLocal.ts';

let servers: LocalServers;
/** Undefined where this machine has no IPv6. */
let sixth: LocalServers | undefined;
let tools: string;

beforeAll(async () => {
  servers = await localServers();
  sixth = await localServers('::1').catch(() => undefined);
  tools = mkdtempSync(path.join(tmpdir(), 'probe-tools-'));
  if (busyboxTalks()) {
    for (const applet of ['sh', 'nc', 'sleep', 'dd', 'head', 'wget', 'nslookup', 'ping', 'cat', 'true'])
      symlinkSync(busybox, path.join(tools, applet));
  }
});
afterAll(() => {
  servers.close();
  sixth?.close();
  rmSync(tools, { recursive: true });
});

interface Candidate extends Shell {
  /** Why it cannot be tried here. */
  lacks: string | false;
  /** Whether HTTPS is asked by curl, which brings the status as well. */
  curl: boolean;
}

const curl = has('curl');
const talks = has('bash') || curl;
const CANDIDATES: readonly Candidate[] = [
  { name: '/bin/sh', argv: ['/bin/sh'], lacks: !talks && 'neither bash nor curl', curl },
  { name: 'dash', argv: ['dash'], lacks: !has('dash') ? 'no dash' : !talks && 'neither bash nor curl', curl },
  { name: 'bash', argv: ['bash'], lacks: !has('bash') && 'no bash', curl },
  {
    name: 'busybox',
    argv: [busybox, 'sh'],
    lacks: !busyboxTalks() && 'no busybox whose nc knows -e and -z',
    curl: false,
  },
];

const http = (behaviour: string, more: { path?: string; tries?: number } = {}): ProbeQuestion => ({
  ask: 'connect',
  address: '127.0.0.1',
  port: servers.ports[behaviour] ?? 0,
  tries: more.tries ?? 2,
  speak: { scheme: 'http', path: more.path ?? '/', host: 'web.shop' },
});

async function outcomes(shell: Shell, questions: readonly ProbeQuestion[]): Promise<ConnectAnswer['attempts'][]> {
  const cluster = localCluster(shell.name === 'busybox' ? { ...shell, path: tools } : shell);
  const answers = await askFrom(cluster, HERE, questions);
  if (!answers.known) throw new Error(JSON.stringify(answers.obstacle));
  return answers.value.answers.map((answer) => (answer as ConnectAnswer | null)?.attempts ?? []);
}

for (const shell of CANDIDATES) {
  if (shell.lacks) console.warn(`NOT RUN: the probe script in ${shell.name}: ${shell.lacks}`);
}

describe.concurrent.each(CANDIDATES)('the script in $name', (shell) => {
  it.skipIf(shell.lacks !== false)(
    'tells all ways apart in which a connection can end',
    async ({ expect }) => {
      const https = { scheme: 'https', path: '/', host: 'web.shop' } as const;
      const [ok, redirect, error, closes, resets, greets, hangs, refuses, tls, opens, closed, secret, plain] =
        await outcomes(shell, [
          http('http', { tries: 4 }),
          http('http', { path: '/301' }),
          http('http', { path: '/503' }),
          http('closes'),
          http('resets'),
          http('greets', { tries: 1 }),
          http('hangs', { tries: 3 }),
          http('refuses', { tries: 9 }),
          http('https'),
          { ask: 'connect', address: '127.0.0.1', port: servers.ports.hangs ?? 0, tries: 2 },
          { ask: 'connect', address: '127.0.0.1', port: servers.ports.refuses ?? 0, tries: 1 },
          { ...http('https'), speak: https } as ProbeQuestion,
          { ...http('http'), speak: https } as ProbeQuestion,
        ]);
      if (sixth) {
        const address = '::1';
        const [open, web, none] = await outcomes(shell, [
          { ask: 'connect', address, port: sixth.ports.hangs ?? 0, tries: 1 },
          { ...http('http', { tries: 1 }), address, port: sixth.ports.http ?? 0 } as ProbeQuestion,
          { ...http('http', { tries: 1 }), address, port: sixth.ports.refuses ?? 0 } as ProbeQuestion,
        ]);
        expect([open, web, none].map((attempts) => attempts?.[0]?.outcome)).toEqual(['opened', 'answered', 'refused']);
      }
      expect(ok).toHaveLength(4);
      expect(ok?.[0]).toMatchObject({
        outcome: 'answered',
        httpStatus: 200,
        body: expect.stringContaining('host web.shop'),
      });
      expect(redirect?.[1]).toMatchObject({
        outcome: 'answered',
        httpStatus: 301,
        location: 'http://127.0.0.1:9/elsewhere',
      });
      expect(error?.[0]).toMatchObject({ outcome: 'answered', httpStatus: 503 });
      expect(closes?.map(({ outcome }) => outcome)).toEqual(['closed', 'closed']);
      expect(resets?.map(({ outcome }) => outcome)).toEqual(['reset', 'reset']);
      expect(greets?.[0]).toMatchObject({ outcome: 'answered', spoke: 'not-http' });
      // the first has a shorter limit, and the others count in its place
      expect(hangs?.map(({ outcome }) => outcome)).toEqual(['hangs', 'hangs', 'hangs']);
      // five in a row, and no more
      expect(refuses?.map(({ outcome }) => outcome)).toEqual(Array(5).fill('refused'));
      expect(tls?.[0]).toMatchObject({ spoke: 'tls' });
      expect(opens?.map(({ outcome }) => outcome)).toEqual(['opened', 'opened']);
      expect(closed?.map(({ outcome }) => outcome)).toEqual(['refused']);
      expect(secret?.[0]).toMatchObject(
        shell.curl ? { outcome: 'answered', httpStatus: 200 } : { outcome: 'answered' },
      );
      expect(secret?.[0]?.spoke).toBeUndefined();
      expect(plain?.[0]).toMatchObject({ outcome: 'answered', spoke: 'not-tls' });
    },
    60_000,
  );
});
