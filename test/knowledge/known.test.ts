/** Every known trap has a test that holds it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { KNOWN } from './known.ts';

const TESTS = path.resolve(import.meta.dirname, '..');
/** How many there are: one that is taken out has to be taken out here as well. */
const COUNTS = {
  'what other tools get wrong': 38,
  'what none of them does': 57,
  'what a real cluster does': 20,
  'what does not concern the Service': 6,
};

test('the list is complete', () => {
  expect(Object.fromEntries(Object.entries(KNOWN).map(([part, items]) => [part, items.length]))).toEqual(COUNTS);
});

describe.each(Object.entries(KNOWN))('%s', (_, items) => {
  test('each once', () => {
    expect(new Set(items.map(([about]) => about)).size).toBe(items.length);
  });

  test.each(items)('%s', (_about, place) => {
    const [file = '', title = ''] = place.split(' > ');
    const found = path.join(TESTS, file);
    expect(existsSync(found), file).toBe(true);
    expect(readFileSync(found, 'utf8').replaceAll("\\'", "'"), title).toContain(title);
  });
});
