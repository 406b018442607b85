import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { runInside } from '../support/host.ts';
import { cleanEnv, emptyFolder, PROGRAM, runProgram } from '../support/program.ts';
import { KEYS, openTerminal, type TerminalSession } from '../support/terminal.ts';

vi.setConfig({ testTimeout: 30_000 });

const open: { terminal?: TerminalSession } = {};
afterEach(() => open.terminal?.kill('SIGKILL'));

const folder = () => {
  const place = emptyFolder();
  return { place, left: () => readdirSync(place) };
};

describe('svc-debug practice', () => {
  test('lists the scenarios by step, with their stories', async () => {
    const { stdout, exitCode } = await runInside(['practice', '--list']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^exists\n {2}hostnames {2,}You started three replicas of hostnames/);
    expect(stdout).toMatch(/\n\nkube-proxy\n/);
  });

  test('lists them as JSON: name, step and story, and nothing that gives the answer away', async () => {
    const { stdout } = await runInside(['practice', '--list', '-o', 'json']);
    const list = JSON.parse(stdout) as Record<string, string>[];
    expect(list.length).toBeGreaterThanOrEqual(40);
    expect(new Set(list.map((one) => Object.keys(one).join()))).toEqual(new Set(['name,step,story']));
    expect(list[0]).toMatchObject({ name: 'hostnames', step: 'exists' });
  });

  test("walks one unattended, and ends with the walk's own output and exit code", async () => {
    const { place, left } = folder();
    const { stdout, stderr, exitCode } = await runProgram(['practice', 'hostnames', '--no-input'], {
      env: { TMPDIR: place },
    });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^practice \(v1\.34\.0\) {2}shop\/hostnames\n/);
    expect(stdout).toMatch(/^CAUSE {3}There is no Service hostnames/m);
    expect(stderr).toContain('You started three replicas of hostnames');
    expect(stderr).toContain('Lesson: ');
    expect(left()).toEqual([]);
  });

  test('prints JSON and nothing else, with the exit code of a healthy Service', async () => {
    const { stdout, stderr, exitCode } = await runInside(['practice', 'healthy-plain', '--no-input', '-o', 'json']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'healthy', target: { service: 'hostnames' } });
  });

  test('gives a hint when it is asked for one', async () => {
    const { stderr } = await runInside(['practice', 'hostnames', '--no-input', '--hint']);
    expect(stderr).toContain('Hint: ');
  });

  test.each([
    [['practice', 'hostname', '--no-input'], 'There is no scenario hostname', 'Did you mean hostnames'],
    [['practice', 'zzzzzzzzz', '--no-input'], 'There is no scenario zzzzzzzzz', 'svc-debug practice --list'],
    [['practice', '--no-input'], 'There is no terminal to ask in', 'svc-debug practice NAME'],
    [['practice', 'hostnames', 'other'], 'too many arguments', 'svc-debug --help'],
    [['practice', 'hostnames', '-n', 'x'], "unknown option '-n'", 'svc-debug --help'],
    [['practice', 'hostnames', '--port', '0'], '--port 0', ''],
    [['practice', 'hostnames', '--port', 'http'], '--port http: not a number', ''],
  ])('%j is told what is wrong', async (args, what, next) => {
    const { exitCode, stdout, stderr } = await runInside(args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr.toLowerCase()).toContain(what.toLowerCase());
    expect(stderr).toContain(next);
  });

  test.each([
    ['a walk', ['--no-input']],
    ['a cluster that is kept up', ['--serve']],
  ])('says when the port is in use that %s is to have', async (_what, flags) => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const { place, left } = folder();
    const args = ['practice', 'hostnames', ...flags, '--port', String(port)];
    const { exitCode, stdout, stderr } = await runProgram(args, { env: { TMPDIR: place } });
    server.close();
    expect([exitCode, stdout, stderr, left()]).toEqual([
      2,
      '',
      `svc-debug: Port ${port} is in use\n           Give another one, or none: any free one is taken then.\n`,
      [],
    ]);
  });
});

describe('svc-debug practice --serve', () => {
  const serve = async () => {
    const { place, left } = folder();
    const child = spawn(process.execPath, [PROGRAM, 'practice', 'hostnames', '--serve'], {
      env: { ...cleanEnv(), TMPDIR: place },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const line = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data: Buffer) => resolve(data.toString())),
    );
    return { child, ended, left, file: /^export KUBECONFIG=(\S+)\n$/.exec(line)?.[1] ?? '' };
  };

  test('keeps the cluster up for others, with a kubeconfig that nobody else may read', async () => {
    const { child, ended, file } = await serve();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    const { exitCode, stdout } = await runProgram(['hostnames', '-n', 'shop', '--yes', '--no-input', '-o', 'json'], {
      env: { KUBECONFIG: file },
    });
    expect([exitCode, JSON.parse(stdout).rootCauses[0].code]).toEqual([1, 'exists/no-service']);
    child.kill('SIGINT');
    await ended;
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends everything, and leaves nothing behind',
    async (signal) => {
      const { child, ended, left, file } = await serve();
      expect(existsSync(file)).toBe(true);
      child.kill(signal);
      expect(await ended).toBe(130);
      expect(left()).toEqual([]);
    },
  );
});

describe('in a terminal', () => {
  const start = (args: string[], env = {}) => {
    const { place, left } = folder();
    open.terminal = openTerminal({
      args: [PROGRAM, 'practice', ...args],
      env: { ...cleanEnv(), TMPDIR: place, ...env },
      columns: 100,
      rows: 40,
    });
    return { terminal: open.terminal, left };
  };

  test('a person picks a scenario by typing, answers one question, and is taught', async () => {
    const { terminal, left } = start([]);
    await terminal.until(/Which incident\?/);
    terminal.type('cost saver');
    await terminal.until(/Monday morning\. On Friday the cost saver ran/);
    terminal.type(KEYS.enter);
    await terminal.until(/^invoices[-0-9]*: Monday morning/m);
    await terminal.until(/^\? .*inside/m);
    terminal.type(KEYS.up + KEYS.enter);
    await terminal.until(/^CAUSE .*scaled to zero/ms);
    terminal.type('q');
    await terminal.until(/Lesson: /);
    expect((await terminal.ended()).exitCode).toBe(1);
    expect(left()).toEqual([]);
  });

  test('the list is also searched by the names of folders; Ctrl-C in it ends it', async () => {
    const { terminal, left } = start([]);
    await terminal.until(/Which incident\?/);
    terminal.type('one-of-three-hangs');
    await terminal.until(/One search in three takes for ever/);
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended()).exitCode).toBe(130);
    expect([terminal.cursorVisible(), left()]).toEqual([true, []]);
  });

  test('Ctrl-C at the question ends everything', async () => {
    const { terminal, left } = start(['pods-one-of-three-hangs']);
    await terminal.until(/^\? .*inside/m);
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended()).exitCode).toBe(130);
    expect([terminal.cursorVisible(), left()]).toEqual([true, []]);
  });

  test('Ctrl-C while it is walked ends everything, and what was seen is printed', async () => {
    const { terminal, left } = start(['pods-one-of-three-hangs', '--real-time']);
    await terminal.until(/^\? .*inside/m);
    terminal.type(KEYS.enter);
    await terminal.until(/Checking that no NetworkPolicy/);
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended()).exitCode).toBe(130);
    expect(await terminal.screen()).toMatch(/STOPPED/);
    expect([terminal.cursorVisible(), left()]).toEqual([true, []]);
  });

  test('Ctrl-C in the last menu ends everything', async () => {
    const { terminal, left } = start(['hostnames']);
    await terminal.until(/q quit/);
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended()).exitCode).toBe(130);
    expect([terminal.cursorVisible(), left()]).toEqual([true, []]);
  });

  test('a dumb one gets numbered lines', async () => {
    const { terminal } = start([], { TERM: 'dumb' });
    await terminal.until(/part of the name/);
    terminal.type(`cost saver${KEYS.enter}`);
    await terminal.until(/1 {2}endpoints/);
    terminal.type(KEYS.ctrlD);
    expect((await terminal.ended()).exitCode).toBe(130);
  });
});
