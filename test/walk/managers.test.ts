import { expect, test } from 'vitest';
import type { PlacedFinding } from '../../src/model/diagnosis.ts';
import { diagnose } from '../../src/walk/diagnose.ts';
import { withManagers } from '../../src/walk/managers.ts';
import { screen } from '../render/render.ts';
import { broken } from '../render/reports.ts';
import { view } from '../render/sample.ts';
import { factsOf } from '../support/facts.ts';
import { service } from '../support/objects.ts';

const target = { group: '', version: 'v1', plural: 'services', namespace: 'shop', name: 'web' };
const cause = (patched: boolean): PlacedFinding => ({
  ...(broken().diagnosis.rootCauses[0] as PlacedFinding),
  remedies: [
    {
      id: 'restart',
      commands: [['kubectl', 'get', 'pods']],
      ...(patched && { patch: { target, type: 'merge-patch+json', body: {} } }),
    },
  ] as never,
});
const told = (patched: boolean, labels: Record<string, string>) => {
  const diagnosis = { ...diagnose([]), rootCauses: [cause(patched)] };
  return withManagers(factsOf({ objects: [service({ labels })] }), diagnosis);
};

test('who keeps the Service is told beside a remedy that changes it', async () => {
  const { managers } = await told(true, { 'app.kubernetes.io/managed-by': 'Helm' });
  expect(managers).toEqual([{ kind: 'helm', tool: 'Helm' }]);
  const report = broken();
  const diagnosis = { ...report.diagnosis, rootCauses: [cause(true)], managers: managers ?? [] };
  expect(screen({ ...report, diagnosis }, view({ width: 200 }))).toContain(
    'Helm keeps the Service and may undo that: change it in the values or templates of the chart',
  );
});

test.each([
  ['a remedy that changes nothing of it', false, { 'app.kubernetes.io/managed-by': 'Helm' }],
  ['a Service that people write by hand', true, {}],
])('nobody is told beside %s', async (_, patched, labels) => {
  expect((await told(patched, labels)).managers).toBeUndefined();
});
