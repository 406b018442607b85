import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { InvestigateOptions } from '../../../src/cli/options.ts';
import { readSettings } from '../../../src/cli/settings/readSettings.ts';
import { withSettings } from '../../../src/cli/settings/settingsFile.ts';
import type { UsageError } from '../../../src/cli/usage.ts';
import { runInside } from '../../support/host.ts';
import { emptyFolder, fileWith } from '../../support/program.ts';

const FILE = `
defaults:
  image: registry.example/busybox:1.36
  labels:
    team: sre
contexts:
  prod:
    image: registry.example/netshoot:v1
    imagePullSecret: pull
    tolerations:
      - key: dedicated
        operator: Equal
        value: infra
        effect: NoSchedule
    labels:
      cost-center: "1.0"
      acme.com/team: y
  test: {}
`;

const refusal = (content: string): Promise<UsageError> =>
  readSettings('s.yaml', content, 'prod').then(
    () => expect.fail('it was taken'),
    (error) => error,
  );

describe('what is read', () => {
  test('a context of its own goes over the defaults', async () => {
    expect(await readSettings('s', FILE, 'prod')).toEqual({
      image: 'registry.example/netshoot:v1',
      imagePullSecret: 'pull',
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'infra', effect: 'NoSchedule' }],
      labels: { 'cost-center': '1.0', 'acme.com/team': 'y' },
    });
  });

  test.each(['test', 'another', 'toString'])('the defaults hold for context %s', async (context) => {
    expect(await readSettings('s', FILE, context)).toEqual({
      image: 'registry.example/busybox:1.36',
      labels: { team: 'sre' },
    });
  });

  test.each(['', '# nothing yet\n', '{}', 'contexts: {}'])('an empty file says nothing: %j', async (content) => {
    expect(await readSettings('s', content, 'prod')).toEqual({});
  });
});

describe('what is wrong is named by file, line and key, with what is allowed', () => {
  test.each<[string, string, RegExp, RegExp]>([
    [
      'a mistyped key',
      'contexts:\n  prod:\n    imgae: a',
      /s\.yaml, line 3: contexts\.prod\.imgae: no such setting/,
      /did you mean image\?/,
    ],
    ['a key at the top', 'image: a', /line 1: image: no such setting/, /defaults, contexts/],
    ['no YAML', 'contexts:\n  prod: [\n', /s\.yaml, line 3: /, /YAML/],
    ['a key twice', 'contexts:\n  prod:\n    image: a\n    image: b', /line 4: duplicated mapping key/, /YAML/],
    ['a list at the top', '- a', /line 1: \["a"\] is no map/, /defaults, contexts/],
    ['an image with blanks', 'defaults:\n  image: a b', /line 2: defaults\.image: "a b" is not allowed/, /busybox/],
    [
      'a Secret that cannot be',
      'defaults:\n  imagePullSecret: A_B',
      /line 2: .*cannot be the name of a Secret/,
      /lower-case/,
    ],
    [
      'a label that is a number',
      'defaults:\n  labels:\n    a: 1.0',
      /line 3: defaults\.labels\.a: 1 is read as a number; put it in quotes/,
      /63/,
    ],
    ['a label that is a boolean', 'defaults:\n  labels:\n    a: true', /is read as a boolean; put it in quotes/, /63/],
    ['a label that is null', 'defaults:\n  labels:\n    a: ~', /is read as a null; put it in quotes/, /63/],
    [
      'our own label',
      'defaults:\n  labels:\n    app.kubernetes.io/name: x',
      /line 3: .*svc-debug sets this label itself/,
      /other/,
    ],
    ['a label key', 'defaults:\n  labels:\n    "a b": x', /no key of a label/, /acme\.com/],
    [
      'the second toleration',
      'contexts:\n  prod:\n    tolerations:\n      - key: a\n      - operator: Is',
      /line 5: contexts\.prod\.tolerations\.1\.operator: "Is" is not allowed/,
      /Exists, Equal/,
    ],
    [
      'tolerations that are no list',
      'defaults:\n  tolerations: {key: a}',
      /line 2: defaults\.tolerations: .* is no list/,
      /a list/,
    ],
    [
      'a context that is a word',
      'contexts:\n  other: {}\n  prod: busybox',
      /line 3: contexts\.prod: "busybox" is no map/,
      /image/,
    ],
  ])('%s', async (_what, content, says, allowed) => {
    const error = await refusal(content);
    expect(error.name).toBe('UsageError');
    expect(error.message).toMatch(says);
    expect(error.next.join(' ')).toMatch(allowed);
  });
});

describe('where it is looked for', () => {
  const options = { image: 'mine' } as InvestigateOptions;
  const home = emptyFolder();
  mkdirSync(path.join(home, '.config', 'svc-debug'), { recursive: true });
  writeFileSync(path.join(home, '.config', 'svc-debug', 'settings.yaml'), FILE);

  test('in the folder for settings; flags go over it', async () => {
    expect(await withSettings({ env: {}, home }, options, 'prod')).toMatchObject({
      image: 'mine',
      imagePullSecret: 'pull',
    });
  });

  test('nowhere: there is none, or none is wanted', async () => {
    expect(await withSettings({ env: {}, home: emptyFolder() }, options, 'prod')).toBe(options);
    expect(await withSettings({ env: { SVC_DEBUG_SETTINGS: '' }, home }, options, 'prod')).toBe(options);
  });

  test('a file that is named has to be there', async () => {
    const env = { SVC_DEBUG_SETTINGS: path.join(home, 'nothing.yaml') };
    await expect(withSettings({ env, home }, options, 'prod')).rejects.toThrow(/nothing\.yaml cannot be read: ENOENT/);
  });

  test('the program ends with exit code 2, and asks no cluster', async () => {
    const kubeconfig = fileWith(
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'c',
      }),
    );
    const env = { SVC_DEBUG_SETTINGS: fileWith('contexts:\n  c:\n    tolerations: none\n') };
    const { exitCode, stderr } = await runInside(['web', '--kubeconfig', kubeconfig], env);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/line 3: contexts\.c\.tolerations: "none" is no list/);
  });
});
