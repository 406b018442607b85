import { describe, expect, test } from 'vitest';
import { KINDS } from './kinds/index.ts';
import { typo } from './lib/change.ts';
import { draw } from './lib/draw.ts';
import { compare, type Report } from './lib/judge.ts';
import { randomOf } from './lib/random.ts';
import { backendsOf, clientOf, copyOf, loadScenes, serviceOf } from './lib/scene.ts';

const scenes = loadScenes('test/mutation/scenes');
const CODE = /^(exists|network-policy|dns|ip|spec|endpoints|pods)\/([a-z]+(-[a-z]+)*|\*)$/;

describe.each(scenes.map((scene) => [scene.name, scene] as const))('%s', (_, scene) => {
  test('has a client, and a Service with backends or a name to lead to', () => {
    const service = serviceOf(scene);
    expect(clientOf(scene).metadata.name).toBe(scene.client);
    expect(scene.speaks).toHaveLength(service.spec.ports.length);
    expect(backendsOf(scene).length > 0 || service.spec.externalName).toBeTruthy();
    expect(backendsOf(scene)).not.toContain(clientOf(scene));
  });
});

describe.each(KINDS.map((kind) => [kind.name, kind] as const))('%s', (_, kind) => {
  const offers = scenes.map((scene) => kind.changes(copyOf(scene), randomOf(1)).length);

  test('finds something to change, and blames known steps', () => {
    expect(Math.max(...offers)).toBeGreaterThan(0);
    for (const code of kind.blames) expect(code).toMatch(CODE);
  });

  // some of the changes of each, since every one wants a scene of its own
  test.each(scenes.flatMap((scene, i) => (offers[i]! > 0 ? [[scene, offers[i]!] as const] : [])))(
    'does what it says in $0.name',
    (scene, offered) => {
      for (let i = 0; i < offered; i += Math.ceil(offered / 6)) {
        const changed = copyOf(scene);
        const change = kind.changes(changed, randomOf(1))[i]!;
        const before = JSON.stringify(changed.objects);
        change.apply();
        const same = JSON.stringify(changed.objects) === before;
        expect(same, change.what).toBe(kind.name === 'nothing' || change.idle === true);
      }
    },
  );
});

describe('a seed', () => {
  const seeds = Array.from({ length: 60 }, (_, i) => 7000 + i);
  const before = JSON.stringify(scenes);
  const draws = seeds.map((seed) => draw(seed, scenes, KINDS));

  test('draws the same twice, and not always the same', () => {
    const some = seeds.slice(0, 15);
    expect(some.map((seed) => draw(seed, scenes, KINDS).scene.objects)).toEqual(
      draws.slice(0, 15).map(({ scene }) => scene.objects),
    );
    expect(new Set(draws.map(({ kind }) => kind)).size).toBeGreaterThan(KINDS.length / 2);
    expect(new Set(draws.map(({ scene }) => scene.name)).size).toBeGreaterThan(scenes.length / 2);
  });

  test('leaves the scenes as they were', () => expect(JSON.stringify(scenes)).toBe(before));

  test('asks something, and never a port that speaks UDP', () => {
    for (const { asked } of draws) {
      expect(asked).not.toEqual([]);
      for (const { speaks } of asked) expect(['http', 'tcp']).toContain(speaks);
    }
  });
});

test('a slip of the finger is another word that a name may be', () => {
  for (let seed = 0; seed < 500; seed++) {
    const slip = typo('app-v1', randomOf(seed));
    expect(slip).not.toBe('app-v1');
    expect(slip).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  }
});

describe('compare', () => {
  const kind = { ...KINDS[0]!, blames: ['spec/*', 'pods/port-closed'] };
  const said = (verdict: string, ...codes: string[]) => {
    const errors = codes.map((code) => ({ code, severity: 'error' }));
    const report: Report = { verdict, rootCauses: errors, findings: errors };
    return { report, args: [], exit: 0, stdout: '', stderr: '' };
  };
  const judged = (effect: 'works' | 'broken', ...args: Parameters<typeof said>) =>
    compare({ kind }, { effect }, said(...args)).outcome;

  test.each([
    ['works', 'healthy', [], 'agreed'],
    ['works', 'healthy', ['spec/no-such-port'], 'disagreed'],
    ['works', 'broken', ['spec/no-such-port'], 'disagreed'],
    ['works', 'inconclusive', [], 'inconclusive'],
    ['broken', 'broken', ['spec/no-such-port'], 'agreed'],
    ['broken', 'broken', ['pods/port-closed', 'spec/no-such-port'], 'agreed'],
    ['broken', 'broken', ['pods/port-closed', 'ip/refused'], 'disagreed'],
    ['broken', 'broken', ['pods/hangs'], 'disagreed'],
    ['broken', 'broken', [], 'disagreed'],
    ['broken', 'healthy', [], 'disagreed'],
    ['broken', 'no-access', ['access/forbidden'], 'disagreed'],
  ] as const)('%s, %s %j: %s', (effect, verdict, codes, outcome) => {
    expect(judged(effect, verdict, ...codes)).toBe(outcome);
  });

  test('no JSON is a disagreement', () => {
    const nothing = { args: [], exit: 70, stdout: '', stderr: '' };
    expect(compare({ kind }, { effect: 'works' }, nothing).outcome).toBe('disagreed');
  });
});
