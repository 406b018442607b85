import { describe, expect, it } from 'vitest';
import type { Obstacle } from '../../src/model/fact.ts';
import { STEP_IDS } from '../../src/model/finding.ts';
import { PAGE } from '../../src/text/catalogue.ts';
import { en } from '../../src/text/en/index.ts';

const OBSTACLES: Obstacle[] = [
  { kind: 'forbidden', verb: 'create', resource: 'pods/exec', namespace: 'shop', message: 'no' },
  { kind: 'unauthorized', message: 'Unauthorized' },
  { kind: 'timeout', what: 'pods', afterMs: 5000 },
  { kind: 'unreachable', message: 'ECONNRESET' },
  { kind: 'api-error', status: 503, message: 'busy' },
  { kind: 'not-applicable', reason: 'headless' },
  { kind: 'not-consented', flag: '--yes' },
  { kind: 'no-probe', reason: 'image', message: 'ErrImagePull' },
  { kind: 'cancelled' },
];

type Say = (obstacle: Obstacle) => string;

describe('English', () => {
  it.each(OBSTACLES.map((obstacle) => [obstacle.kind, obstacle] as const))(
    '%s has its words, and what would answer it',
    (kind, obstacle) => {
      expect((en.obstacles[kind] as Say)(obstacle)).toMatch(/\w/);
      const answer = (en.answers[kind] as Say)(obstacle);
      expect(kind === 'not-applicable' ? answer === '' : answer.length > 0).toBe(true);
    },
  );

  it('a missing right is named by verb, resource, group and namespace', () => {
    const forbidden = {
      kind: 'forbidden',
      verb: 'list',
      resource: 'endpointslices',
      group: 'discovery.k8s.io',
      namespace: 'shop',
      message: '',
    } as const;
    expect(en.obstacles.forbidden(forbidden)).toBe(
      'not allowed to list endpointslices (discovery.k8s.io) in namespace shop',
    );
  });

  it.each(STEP_IDS)('step %s has a title and a section of the page', (step) => {
    expect(en.steps[step].title).toMatch(/^[A-Z][^.]*$/);
    expect(new URL(PAGE + en.steps[step].anchor).hash).toBe(en.steps[step].anchor);
  });

  it('headings fit their column', () => {
    const { cause, ...labels } = en.ui.labels;
    const all = [...Object.values(labels), cause(1, 1), cause(9, 9)];
    expect(all.filter((label) => label.length > 7)).toEqual([]);
  });

  it.each(Object.entries(en.findings))('%s is explained', (_code, { why, prove, mend }) => {
    for (const text of [why, prove, mend]) expect(text).toMatch(/^\S.*\S$/);
  });
});
