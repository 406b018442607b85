import { describe, expect, it } from 'vitest';
import { renderEvidence } from '../../src/render/evidence.ts';
import { clean } from '../../src/render/sanitize.ts';
import { broken, healthy, manyCauses, undecided } from './reports.ts';
import { view } from './sample.ts';

describe('evidence', () => {
  it.each(Object.entries({ broken, healthy }))('%s', async (name, sample) => {
    await expect(renderEvidence(clean(sample()), view())).toMatchFileSnapshot(`golden/evidence-${name}.txt`);
  });

  it('causes come first, then symptoms, then warnings, each once', () => {
    const codes = [...renderEvidence(clean(manyCauses()), view()).matchAll(/^ {8}(\w+\/test-\w+)/gm)].map(
      ([, code]) => code,
    );
    expect(codes).toEqual([...Array(7).fill('pods/test-hangs'), 'spec/test-name', 'ip/test-flaky']);
  });

  it('says so when there is none', () => {
    expect(renderEvidence(clean(undecided()), view())).toBe('Nothing was found.\n');
  });
});
