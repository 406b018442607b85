import { expect, test } from 'vitest';
import { commandLine } from '../../../src/model/command.ts';
import type { RemedyPatch } from '../../../src/model/finding.ts';
import { patched } from '../../../src/model/fix/narrow.ts';
import { undoCommand } from '../../../src/model/fix/undo.ts';
import type { Service } from '../../../src/model/kubernetes.ts';
import { service } from '../../support/objects.ts';

const TARGET = { group: '', version: 'v1', plural: 'services', namespace: 'shop', name: 'web' };
const ports = [
  { name: 'web', port: 80, targetPort: 8080 },
  { name: 'api', port: 81, targetPort: 'api' },
];
const before = service({ selector: { app: 'y', tier: 'on' }, ports });

const asPatch = (command: readonly string[]): RemedyPatch => ({
  target: TARGET,
  type: 'json-patch+json',
  body: JSON.parse(command.at(-1) ?? ''),
});

const changed = (change: (copy: Service) => void): Service => {
  const copy = structuredClone(before);
  change(copy);
  return copy;
};

test.each<[string, Service]>([
  ['the selector', changed(({ spec }) => Object.assign(spec ?? {}, { selector: { app: 'web' } }))],
  ['a targetPort', changed(({ spec }) => Object.assign(spec?.ports?.[1] ?? {}, { targetPort: 9090 }))],
  ['port and name', changed(({ spec }) => Object.assign(spec?.ports?.[0] ?? {}, { port: 443, name: 'tls' }))],
])('%s gets its former value back', (_what, after) => {
  const undone = patched(after, asPatch(undoCommand(before, after)));
  expect(undone?.spec?.ports).toEqual(before.spec?.ports);
  expect(undone?.spec?.selector).toEqual(before.spec?.selector);
});

test('it undoes this change, and no later one', () => {
  const after = changed(({ spec }) => Object.assign(spec ?? {}, { selector: { app: 'web' } }));
  const later = changed(({ spec }) => Object.assign(spec ?? {}, { selector: { app: 'other' } }));
  expect(patched(later, asPatch(undoCommand(before, after)))).toBeUndefined();
});

test('label values that YAML reads as something else stay strings', () => {
  const after = changed(({ spec }) => Object.assign(spec ?? {}, { selector: { app: '1.0' } }));
  const line = commandLine(undoCommand(before, after), ['--context', 'prod']);
  expect(line).toBe(
    `kubectl --context prod -n shop patch service web --type=json -p '[{"op":"test","path":"/spec/selector","value":{"app":"1.0"}},{"op":"replace","path":"/spec/selector","value":{"app":"y","tier":"on"}}]'`,
  );
});
