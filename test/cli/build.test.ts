import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAM } from '../support/program.ts';

const DIST = path.resolve(path.dirname(PROGRAM), '../dist');
const MOST_BYTES = 1_200_000;
const RUNS = 5;

test('the build stays small', () => {
  const bytes = readdirSync(DIST).map((file) => statSync(path.join(DIST, file)).size);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
});

test('the notices of what is in the build are beside it', () => {
  const notices = readFileSync(path.join(DIST, 'THIRD_PARTY_LICENSES'), 'utf8');
  for (const library of ['@kubernetes/client-node 1.4.0', 'chalk', 'commander', 'inquirer', 'ora', 'ws', 'js-yaml']) {
    expect(notices).toContain(`\n${library}`);
  }
  expect(notices).toMatch(/Apache License/);
});

test('--version costs little more than Node itself', () => {
  const fastest = (...args: string[]) =>
    Math.min(
      ...Array.from({ length: RUNS }, () => {
        const began = performance.now();
        execFileSync(process.execPath, args);
        return performance.now() - began;
      }),
    );
  // the goal is 1.3 times; a busy machine tells 2 from 5, not 1.2 from 1.4
  expect(fastest(PROGRAM, '--version')).toBeLessThan(2 * fastest('-e', '0'));
});
