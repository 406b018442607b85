import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PROGRAM } from '../support/program.ts';

const DIST = path.resolve(path.dirname(PROGRAM), '../dist');
/** The program, and the scenarios, which are read for a practice alone and grow with the cases. */
const MOST_BYTES = { '.js': 1_300_000, '.json': 1_000_000 };
const RUNS = 5;

test.each(Object.entries(MOST_BYTES))('the build stays small: %s', (extension, most) => {
  const files = readdirSync(DIST).filter((file) => path.extname(file) === extension);
  const bytes = files.map((file) => statSync(path.join(DIST, file)).size).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(most);
});

test('the notices of what is in the build are beside it', () => {
  const notices = readFileSync(path.join(DIST, 'THIRD_PARTY_LICENSES'), 'utf8');
  for (const library of ['@kubernetes/client-node 1.4.0', 'chalk', 'commander', 'inquirer', 'ora', 'ws', 'js-yaml']) {
    expect(notices).toContain(`\n${library}`);
  }
  expect(notices).toMatch(/Apache License/);
});

test('--version and --help load little', () => {
  expect(bytesOf('start.js')).toBeLessThan(12_000);
  const args = readdirSync(DIST).find((file) => file.startsWith('args-')) ?? '';
  expect(bytesOf(args)).toBeLessThan(80_000);
});

/** Bytes of a file and of all that it imports statically. */
function bytesOf(file: string, seen = new Set<string>()): number {
  if (seen.has(file)) return 0;
  seen.add(file);
  const text = readFileSync(path.join(DIST, file), 'utf8');
  const imports = [...text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map(([, name = '']) => name);
  return imports.reduce((sum, name) => sum + bytesOf(name, seen), text.length);
}

test('--version costs little more than Node itself', () => {
  const took = (...args: string[]) => {
    const began = performance.now();
    execFileSync(process.execPath, args);
    return performance.now() - began;
  };
  const pairs = Array.from({ length: RUNS }, () => [took('-e', '0'), took(PROGRAM, '--version')] as const);
  // the goal is 1.3 times; a busy machine tells 3 from 6, not 1.2 from 1.4
  expect(Math.min(...pairs.map(([, own]) => own))).toBeLessThan(3 * Math.min(...pairs.map(([bare]) => bare)));
});
