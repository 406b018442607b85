/** docs/coverage.md says of every known failure how it is seen, and of every finding that it is there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { STEP_IDS } from '../../src/model/finding.ts';
import { en } from '../../src/text/en/index.ts';

const read = (...names: string[]) => readFileSync(path.resolve(import.meta.dirname, ...names), 'utf8');
const failures = read('failures.txt').trim().split('\n');
const page = read('..', '..', 'docs', 'coverage.md');

const rows = page
  .split('\n')
  .filter((line) => /^\| [A-Z]/.test(line) && !line.startsWith('| Failure') && !line.startsWith('| Code'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, key = '', step = '', seen = '', how = '']) => ({ key, step, seen, how }));

const quoted = [...page.matchAll(/`([a-z-]+)([/.])([a-z-]+)`/g)]
  .map(([, step = '', sign = '', name = '']) => ({ step, sign, name: step + sign + name }))
  .filter(({ step }) => (STEP_IDS as readonly string[]).includes(step));

const named = (sign: string) => [...new Set(quoted.filter((one) => one.sign === sign).map(({ name }) => name))];

test('two hundred failures are known, each by a name of its own', () => {
  expect(new Set(failures).size).toBe(200);
  expect(failures).toHaveLength(200);
});

test('every failure has one row, and no other has', () => {
  expect(rows.map(({ key }) => key).sort()).toEqual([...failures].sort());
});

describe('a row', () => {
  test.each(rows)('$key says how it is seen: $seen', ({ step, seen, how }) => {
    expect(step).toMatch(/\w/);
    const words = seen.replace(/`[^`]*`/g, '').replace(/, /g, '');
    expect(['', 'nothing', 'not checked', 'usage error']).toContain(words);
    // what has neither finding nor note must say why
    if (!seen.includes('`')) expect(how).toMatch(/\w+ \w+.*\.$/);
  });
});

test('every code on the page is in the catalogue', () => {
  expect(named('/').filter((code) => !Object.hasOwn(en.findings, code))).toEqual([]);
});

test('every observation on the page is in the catalogue', () => {
  expect(named('.').filter((key) => !Object.hasOwn(en.observations, key))).toEqual([]);
});

test('every code of the catalogue is on the page', () => {
  const there = named('/');
  expect(Object.keys(en.findings).filter((code) => !there.includes(code))).toEqual([]);
});
