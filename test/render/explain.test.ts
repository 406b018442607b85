import { describe, expect, it } from 'vitest';
import { codesOf, renderExplanation } from '../../src/render/explain.ts';
import { view } from './sample.ts';

describe('explain', () => {
  it('tells what a code means, how to prove it and how to mend it', async () => {
    await expect(renderExplanation('pods/test-hangs', view())).toMatchFileSnapshot('golden/explain.txt');
  });

  it('every code can be explained; another gives nothing', () => {
    for (const code of codesOf(view())) expect(renderExplanation(code, view())).toContain(code);
    expect(renderExplanation('pods/no-such-code', view())).toBeUndefined();
    expect(renderExplanation('constructor', view())).toBeUndefined();
  });
});
