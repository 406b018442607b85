import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askFrom } from '../../src/cluster/probeRun.ts';
import { PROBE_SCRIPT } from '../../src/cluster/probeScript.ts';
import { unknown } from '../../src/model/fact.ts';
import type { ConnectAnswer, ProbeAnswers, ProbeQuestion } from '../../src/model/probe.ts';
import { transcriptOf } from '../parse/recorded.ts';
import { HERE, has, localCluster, type Shell } from './probeLocal.ts';

const REAL = ['sh', 'sleep', 'head', 'cat', 'dd', 'true'];
const SH: Shell = { name: 'sh', argv: ['/bin/sh'] };

// dozens of processes a test, on a machine that may be busy
vi.setConfig({ testTimeout: 30_000 });

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'probe-stand-ins-'));
  for (const tool of REAL) {
    const found = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(found.startsWith('/') ? found : '/bin/sh', path.join(directory, tool));
  }
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A tool that a container might have: a shell script. `$d` is a directory of its own. */
function standIn(tool: string, script: string) {
  const file = path.join(directory, tool);
  writeFileSync(file, `#!/bin/sh\nd=${directory}\n${script}\n`);
  chmodSync(file, 0o755);
}

async function ask(...questions: ProbeQuestion[]): Promise<ProbeAnswers> {
  const answers = await askFrom(localCluster({ ...SH, path: directory }), HERE, questions);
  if (!answers.known) throw new Error(JSON.stringify(answers.obstacle));
  return answers.value;
}

const connect = (address: string, tries: number): ProbeQuestion => ({ ask: 'connect', address, port: 80, tries });
const outcomesOf = (answer: ProbeAnswers['answers'][number] | undefined) =>
  (answer as ConnectAnswer).attempts.map(({ outcome }) => outcome);
const calls = (name: string) => readFileSync(path.join(directory, name), 'utf8').trim().split('\n').length;

const USAGE =
  'BusyBox v1.36.1 (2023) multi-call binary.\n\n\t-e PROG\tRun PROG after connect\n\t-w SEC\tTimeout\n\t-z\tZero-I/O mode';
const said = (file: string, command: string) => transcriptOf(file, command).text;

describe('connections, with nc as recorded', () => {
  const busyboxNc = 'nc-busybox-1_36_1-glibc.txt';
  beforeEach(() => {
    standIn(
      'nc',
      `case "$*" in
--help) printf '%s\\n' '${USAGE}'; exit 1 ;;
*10.0.1.175*) echo x >>$d/open; printf '%s' '${said(busyboxNc, 'nc -z -v -w 3 10.0.1.175 80')}' ;;
*10.0.1.176*) echo x >>$d/refused; sleep 1; echo 'nc: 10.0.1.176 (10.0.1.176:80): Connection refused'; exit 1 ;;
*10.0.1.178*) echo x >>$d/reset; echo 'nc: 10.0.1.178 (10.0.1.178:80): Connection refused'; exit 1 ;;
*10.0.1.177*) echo x >>$d/silent; printf '%s' '${said(busyboxNc, 'nc -z -v -w 3 10.0.1.177 80')}'; exit 1 ;;
*10.0.1.99*) if [ -e $d/one ]; then echo '10.0.1.99 (10.0.1.99:80) open'; else echo x >$d/one; echo 'nc: x: Connection timed out'; exit 1; fi ;;
*) kill -SEGV $$ ;;
esac`,
    );
  });

  it('asks as often as it is told to', async () => {
    const { answers, tools } = await ask(connect('10.0.1.175', 20));
    expect(outcomesOf(answers[0])).toEqual(Array(20).fill('opened'));
    expect(calls('open')).toBe(20);
    expect(tools).toEqual(['busybox-1.36', 'nc']);
  });

  it('ends with the first refusal that took its time, and after five that came at once', async () => {
    const { answers } = await ask(connect('10.0.1.176', 20), connect('10.0.1.178', 20));
    expect(outcomesOf(answers[0])).toEqual(['refused']);
    expect(outcomesOf(answers[1])).toEqual(Array(5).fill('refused'));
    expect([calls('refused'), calls('reset')]).toEqual([1, 5]);
  });

  it('follows a first silence with one batch, and that with nothing if it is silent, too', async () => {
    const { answers } = await ask(connect('10.0.1.177', 40));
    expect(outcomesOf(answers[0])).toEqual(Array(15).fill('silent'));
    expect(calls('silent')).toBe(16);
  });

  it('goes on when somebody answered after all', async () => {
    const { answers } = await ask(connect('10.0.1.99', 40));
    expect(outcomesOf(answers[0])).toEqual(Array(40).fill('opened'));
  });

  it('does not take a crash for an answer', async () => {
    const { answers } = await ask(connect('10.0.1.1', 1));
    expect(outcomesOf(answers[0])).toEqual(['crashed']);
  });

  it('spreads the tries over time', async () => {
    const from = performance.now();
    const { answers } = await ask({ ask: 'connect', address: '10.0.1.175', port: 80, tries: 3, overSeconds: 3 });
    expect(outcomesOf(answers[0])).toHaveLength(3);
    expect(performance.now() - from).toBeGreaterThan(1900);
  });
});

describe('HTTP with wget alone', () => {
  const speak = { scheme: 'http', path: '/', host: 'web' } as const;
  const asked = (address: string): ProbeQuestion => ({ ask: 'connect', address, port: 80, tries: 1, speak });

  it('reads the status, and settles by nc what wget leaves open', async () => {
    standIn(
      'wget',
      `case "$*" in
*--help*) echo 'BusyBox v1.28.4 (2018) multi-call binary.' ;;
*10.0.1.175*) printf '  HTTP/1.1 302 Found\\n  Location: /login\\n' >&2; echo body ;;
*10.0.1.180*) printf '%s' "${said('wget-busybox-1_28_4-glibc.txt', 'wget -T 5 -qO- 10.0.1.180:80')}" >&2; exit 1 ;;
*) echo 'wget: download timed out' >&2; exit 1 ;;
esac`,
    );
    standIn(
      'nc',
      `case "$*" in
--help) echo 'usage: nc [-46CDdFhklNnrStUuvZz]' ;;
*10.0.1.7*) echo 'Connection to 10.0.1.7 80 port [tcp/http] succeeded!' ;;
*) echo 'nc: connect to 10.0.1.8 port 80 (tcp) timed out: Operation now in progress'; exit 1 ;;
esac`,
    );
    const { answers } = await ask(...['10.0.1.175', '10.0.1.180', '10.0.1.7', '10.0.1.8'].map(asked));
    expect((answers[0] as ConnectAnswer).attempts[0]).toMatchObject({
      outcome: 'answered',
      httpStatus: 302,
      location: '/login',
    });
    expect(answers.slice(1).map(outcomesOf)).toEqual([['no-route'], ['hangs'], ['silent']]);
  });
});

describe('names', () => {
  const healthy = said('nslookup-busybox-1_36_1-glibc.txt', 'nslookup hostnames.default.svc.cluster.local.');
  const lost = 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n\n\n';

  it('asks again when nslookup lost the answer', async () => {
    standIn(
      'nslookup',
      `[ -e $d/twice ] && { printf '%s' '${healthy}'; exit 1; }\n[ -e $d/once ] && echo x >$d/twice\necho x >$d/once\nprintf '%s' '${lost}'`,
    );
    const { answers } = await ask({ ask: 'nslookup', name: 'hostnames.default.svc.cluster.local.' });
    expect(answers[0]).toMatchObject({ outcome: 'found', addresses: ['10.0.1.175'], emptyAnswers: 2 });
  });

  it('hands the server on', async () => {
    standIn('nslookup', `[ "$*" = 'web.shop. 10.96.0.10' ] && printf '%s' '${healthy}'`);
    const { answers } = await ask({ ask: 'nslookup', name: 'web.shop.', server: '10.96.0.10' });
    expect(answers[0]).toMatchObject({ outcome: 'found', server: '10.96.0.10' });
    expect(answers[0]).not.toHaveProperty('emptyAnswers');
  });

  it.each([
    ['getent', `[ "$*" = 'ahosts web' ] && echo '10.0.1.175      STREAM web'`],
    ['nc', `[ "$1" = --help ] && echo '${USAGE}' || echo 'web (10.0.1.175:9) open'`],
    ['ping', `echo 'PING web (10.0.1.175): 56 data bytes'; exit 1`],
  ])('looks a name up with %s', async (tool, script) => {
    standIn(tool, script);
    expect((await ask({ ask: 'lookup', name: 'web' })).answers).toEqual([
      { outcome: 'found', addresses: ['10.0.1.175'] },
    ]);
  });

  it('says when there is no such name', async () => {
    standIn('getent', 'exit 2');
    const { answers } = await ask({ ask: 'lookup', name: 'web' });
    expect(answers[0]).toEqual({ outcome: 'bad-name', addresses: [], emptyAnswers: 3 });
  });
});

describe('what a container lacks', () => {
  it('gives no answer without a tool', async () => {
    const questions: ProbeQuestion[] = [
      { ask: 'lookup', name: 'web' },
      { ask: 'nslookup', name: 'web.' },
      connect('10.0.0.1', 3),
    ];
    expect(await ask(...questions)).toEqual({ answers: [null, null, null], tools: [] });
  });

  it('has curl, which waits for a port that says nothing', async () => {
    standIn('curl', `echo '* Connected to 10.0.0.1 (10.0.0.1) port 80 (#0)'; echo '* Time-out'; exit 28`);
    const { answers, tools } = await ask(connect('10.0.0.1', 1));
    expect([outcomesOf(answers[0]), tools]).toEqual([['opened'], ['curl']]);
  });
});

describe('what is hostile', () => {
  it('is not asked', async () => {
    const cluster = localCluster({ ...SH, path: directory });
    const bad = ['-oops', 'a b', 'x;id', '$(id)', '`id`', 'a\nb', '', '+', 'x'.repeat(300)];
    const answers = await askFrom(cluster, HERE, [
      ...bad.map((name): ProbeQuestion => ({ ask: 'nslookup', name })),
      ...bad.map((address) => connect(address, 1)),
      { ask: 'connect', address: '10.0.0.1', port: 80, tries: 1, speak: { scheme: 'http', path: '/a b', host: 'x' } },
      { ask: 'connect', address: 'fe80::1%eth0', port: 70000, tries: 0 },
    ]);
    expect(answers).toMatchObject({ known: true, value: { answers: Array(bad.length * 2 + 2).fill(null) } });
    expect(cluster.commands[0]?.argv.slice(3)).toEqual(['svc-debug', '1']);
  });

  it.skipIf(!has('bash'))('reaches the server as it was written', async () => {
    const paths: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.end('rc=0\n%rc=0\n0.1 5 %nc\n1.1 5 HTTP/1.1 500 no\u001b[2J');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const odd = `/*?a=$(id)&b=\`id\`;c='"\\%s%n{}[]|<>!~#`;
    const question: ProbeQuestion = {
      ask: 'connect',
      address: '127.0.0.1',
      port,
      tries: 1,
      speak: { scheme: 'http', path: odd, host: 'web' },
    };
    const answers = await askFrom(localCluster(SH), HERE, [question, connect('127.0.0.1', 1)]);
    server.close();
    expect(paths).toEqual([odd]);
    expect(answers).toMatchObject({
      known: true,
      value: {
        answers: [{ attempts: [{ outcome: 'answered', httpStatus: 200 }] }, { attempts: [{ outcome: 'refused' }] }],
      },
    });
    expect(JSON.stringify(answers)).not.toContain('\\u001b');
  });
});

it('keeps the lines of parallel writers whole', async () => {
  const letters = 'x'.repeat(880);
  standIn(
    'nslookup',
    `for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "$1 ${letters}"; done; echo "Name: x"; echo "Address: 10.0.0.1"`,
  );
  const cluster = localCluster({ ...SH, path: directory });
  const seen: string[] = [];
  const names = Array.from({ length: 20 }, (_, i) => `n${i}.`);
  await askFrom(
    {
      ...cluster,
      exec: async (pod, query) => {
        const result = await cluster.exec(pod, query);
        if (result.known) seen.push(...result.value.stdout.split('\n'));
        return result;
      },
    },
    HERE,
    names.map((name): ProbeQuestion => ({ ask: 'nslookup', name })),
  );
  const long = seen.filter((line) => line.includes(letters));
  expect(long).toHaveLength(400);
  for (const line of long) expect(line).toMatch(/^(\d+)\.1 \d+ n\1\. x{880}$/);
});

const commandLines = (): string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\u0000', ' ');
      } catch {
        return '';
      }
    });

it.skipIf(process.platform !== 'linux')('leaves nothing behind when its time is up', async () => {
  // of this run alone: the same test may run elsewhere on this machine
  const sleeper = `sleep ${1_000_000 + process.pid}`;
  standIn('nslookup', `exec ${sleeper}`);
  const from = performance.now();
  const cluster = localCluster({ ...SH, path: directory });
  const argv = ['sh', '-c', PROBE_SCRIPT, 'svc-debug', '1', '+', '0 N x.', '+', '1 R'];
  const result = await cluster.exec({ namespace: 'test', name: 'here' }, { argv, timeoutMs: 20_000 });
  expect(result).toMatchObject({
    known: true,
    value: { exitCode: 137, stdout: expect.stringMatching(/^1\.1 \d+ %file$/m) },
  });
  expect(performance.now() - from).toBeLessThan(5000);
  // a process that was sent SIGKILL is there until the kernel has taken it down
  await expect.poll(() => commandLines().filter((line) => line.includes(sleeper)), { timeout: 3000 }).toEqual([]);
});

it('asks one after another where refusals drowned each other out', async () => {
  standIn(
    'nc',
    `case "$*" in
--help) printf '%s\\n' '${USAGE}' ;;
*\\ 80) sleep 1; echo 'nc: x (x): Connection refused'; exit 1 ;;
*) echo 'nc: x (x): Connection timed out'; exit 1 ;;
esac`,
  );
  const ports = [80, 82].map((port): ProbeQuestion => ({ ask: 'connect', address: '10.0.1.1', port, tries: 2 }));
  const cluster = localCluster({ ...SH, path: directory });
  const answers = await askFrom(cluster, HERE, ports);
  expect(answers.known && answers.value.answers.map(outcomesOf)).toEqual([['refused'], ['silent']]);
  expect(cluster.commands.map(({ argv }) => argv.slice(5))).toEqual([
    ['+', '0 C 10.0.1.1 80 2 3 0', '+', '1 C 10.0.1.1 82 2 3 0'],
    ['+', '0 C 10.0.1.1 82 1 3 0'],
  ]);
});

it('goes by stdin where a proxy finds the URL too long', async () => {
  standIn('getent', "echo '10.0.1.175 STREAM web'");
  const cluster = localCluster({ ...SH, path: directory });
  const answers = await askFrom(
    {
      ...cluster,
      exec: (pod, query) =>
        query.stdin === undefined
          ? Promise.resolve(unknown({ kind: 'api-error', status: 414, message: 'URI Too Long' }))
          : cluster.exec(pod, query),
    },
    HERE,
    [{ ask: 'lookup', name: 'web' }],
  );
  expect(answers).toMatchObject({ known: true, value: { answers: [{ outcome: 'found' }] } });
  expect(cluster.commands[0]?.argv.slice(0, 2)).toEqual(['sh', '-s']);
});

it('says why it could not run', async () => {
  const broken = {
    ...localCluster(SH),
    exec: async () =>
      ({
        known: true,
        value: { exitCode: 127, stdout: '', stderr: 'sh: \u001b[31mnot found', truncated: false, durationMs: 1 },
      }) as const,
  };
  expect(await askFrom(broken, HERE, [])).toEqual({
    known: false,
    obstacle: { kind: 'no-probe', reason: 'no-shell', message: 'sh:  [31mnot found' },
  });
});
