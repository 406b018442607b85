import { expect, test } from 'vitest';
import type { Change } from '../../src/model/change.ts';
import { changeBlocks } from '../../src/render/changes.ts';
import { blockLines } from '../../src/render/layout.ts';
import { changes as text } from '../../src/text/en/changes.ts';
import { diagnosis, report, view } from './sample.ts';

const change = (object: string, at: string): Change => ({
  what: 'changed',
  object,
  at,
  by: 'kubectl-edit',
  fields: ['spec.selector'],
  detail: '',
});
const all = ['03:10:44', '03:02:44', '02:12:44', '01:12:44'].map((time, i) =>
  change(`Service/${'abcd'[i]}`, `2026-03-01T${time}Z`),
);
const shown = (verbose: boolean) => {
  const seen = view({ verbose });
  const withText = { ...seen, catalogue: { ...seen.catalogue, changes: text } };
  const blocks = changeBlocks(report({ ...diagnosis('broken', []), changes: all }), withText);
  return blocks.flatMap((block) => blockLines(block, withText));
};

test('a line for each change, the newest three', () => {
  expect(shown(false)).toEqual([
    'CHANGED 2m ago  Service/a was changed by kubectl-edit (spec.selector)',
    '        10m ago  Service/b was changed by kubectl-edit (spec.selector)',
    '        60m ago  Service/c was changed by kubectl-edit (spec.selector)',
  ]);
});

test('all of them with -v', () => {
  expect(shown(true)).toHaveLength(4);
});
