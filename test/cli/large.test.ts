import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ApiServer, type Seen, startApiServer } from '../support/apiServer.ts';
import { isUnready, type LargeOptions, serveLarge } from '../support/largeCluster.ts';
import { cleanEnv, emptyFolder, fileWith, PROGRAM } from '../support/program.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SMALL: LargeOptions = { pods: 10, services: 5, policies: 2, endpoints: 9, unreadyIn: 3 };
const LARGE: LargeOptions = { pods: 5000, services: 5000, policies: 1000, endpoints: 1000, unreadyIn: 100 };
const MOST_MEMORY_MB = 120;
/**
 * Tells at its end how much memory the process ever had, in kilobytes. Where Linux tells, by VmHWM: getrusage(2) counts
 * what was there before exec as well, which is all that the tests' own process has.
 */
const METER = `
const fs = require('fs');
const most = () => {
  try {
    return /VmHWM:\\s+(\\d+) kB/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1];
  } catch {
    return process.resourceUsage().maxRSS;
  }
};
process.on('exit', () => fs.writeFileSync(process.env.METER, String(most())));
`;

let servers: Record<'small' | 'large', ApiServer>;
beforeAll(async () => {
  servers = { small: await startApiServer(), large: await startApiServer() };
  serveLarge(servers.small, SMALL);
  serveLarge(servers.large, LARGE);
});
afterAll(() => Promise.all(Object.values(servers).map((server) => server.close())));

interface Run {
  stdout: string;
  requests: Seen[];
  megabytes: number;
}

function run(server: ApiServer, service: string, ...flags: string[]): Promise<Run> {
  const before = server.requests.length;
  const meter = path.join(emptyFolder(), 'kilobytes');
  const args = [PROGRAM, service, '-n', 'shop', '--kubeconfig', fileWith(server.kubeconfig()), '--no-input', ...flags];
  const env = { ...cleanEnv(), METER: meter, NODE_OPTIONS: `--require ${fileWith(METER, 'meter.cjs')}` };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, timeout: 50_000, maxBuffer: 1 << 26 }, (_error, stdout) =>
      resolve({
        stdout,
        requests: server.requests.slice(before),
        megabytes: Number(readFileSync(meter, 'utf8')) / 1024,
      }),
    );
  });
}

describe('a namespace of 5,000 pods, 5,000 Services and 1,000 policies', () => {
  test.each([
    ['a Service with 1,000 endpoints', 'web', []],
    ['the same, where a probe was meant to be created', 'web', ['--yes']],
    ['a Service that selects nothing', 'typo', []],
    ['a Service that is not there', 'servce-3', []],
  ])('%s: no more requests than in a small cluster, in little memory', async (_what, service, flags) => {
    const [small, large] = [await run(servers.small, service, ...flags), await run(servers.large, service, ...flags)];
    expect(large.stdout).toMatch(/ok +access/);
    expect(large.requests.length).toBeLessThanOrEqual(small.requests.length);
    expect(large.megabytes).toBeLessThan(MOST_MEMORY_MB);
    const pages = large.requests.map(({ query }) => Number(query.get('limit') ?? 0));
    expect(Math.max(...pages)).toBeLessThanOrEqual(2000);
    expect(large.requests.filter(({ query }) => query.has('continue'))).toEqual([]);
  });

  test('all endpoints that are not ready are counted', async () => {
    const unready = Array.from({ length: LARGE.endpoints }, (_, i) => i).filter((i) => isUnready(i, LARGE)).length;
    const { stdout } = await run(servers.large, 'web');
    expect(stdout).toContain(`${LARGE.endpoints - unready} ready, ${unready} not ready`);
    expect(stdout).toContain(`${LARGE.endpoints - unready} of ${LARGE.endpoints} ready`);
  });

  test('near misses are looked for in metadata alone, in one page; that the list went on is said', async () => {
    const { stdout, requests } = await run(servers.large, 'typo', '-o', 'json');
    const searches = requests.filter(({ path, query }) => path.endsWith('/shop/pods') && !query.has('labelSelector'));
    expect(searches).toHaveLength(1);
    expect(searches[0]?.headers.accept).toMatch(/PartialObjectMetadataList/);
    expect(searches[0]?.query.get('limit')).toBe('500');
    const { rootCauses, notChecked } = JSON.parse(stdout);
    expect(rootCauses[0]).toMatchObject({ code: 'endpoints/selector-mismatch' });
    expect(notChecked).toContainEqual({
      step: 'endpoints',
      obstacle: {
        kind: 'partial-list',
        what: 'pods of shop',
        read: 500,
        says: 'of the pods of shop only the first 500 were read',
      },
    });
  });

  test('the same where no Service has the name', async () => {
    const { stdout, requests } = await run(servers.large, 'nothing-like-it');
    expect(stdout).toMatch(/of the Services of shop only the\s+first 500 were\s+read/);
    const searches = requests.filter(({ path, query }) => path.endsWith('/shop/services') && query.has('limit'));
    expect(searches.map(({ headers }) => headers.accept)).toEqual([
      expect.stringContaining('PartialObjectMetadataList'),
    ]);
  });
});
