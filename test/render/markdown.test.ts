import { describe, expect, it } from 'vitest';
import { fence, renderMarkdown } from '../../src/render/markdown.ts';
import { clean } from '../../src/render/sanitize.ts';
import { createTheme } from '../../src/render/theme.ts';
import { broken, healthy, manyCauses, noAccess, stopped, undecided } from './reports.ts';
import { view } from './sample.ts';

const SAMPLES = { broken, healthy, undecided, noAccess, manyCauses, stopped };

describe('markdown', () => {
  it.each(Object.entries(SAMPLES))('%s', async (name, sample) => {
    const text = renderMarkdown(clean(sample()), view());
    await expect(text).toMatchFileSnapshot(`golden/${name}.md`);
  });

  it('does not depend on how the terminal looks', () => {
    const onScreen = view({ width: 40, verbose: true, theme: createTheme(3) });
    expect(renderMarkdown(clean(broken()), onScreen)).toBe(renderMarkdown(clean(broken()), view()));
  });

  it.each([
    ['plain', '```text\nplain\n```'],
    ['a ``` b', '````text\na ``` b\n````'],
    ['`````', '``````text\n`````\n``````'],
  ])('the fence of %s cannot be ended by it', (text, expected) => {
    expect(fence(text, 'text')).toBe(expected);
  });
});
