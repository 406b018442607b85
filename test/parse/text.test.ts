import { describe, expect, test } from 'vitest';
import { clean } from '../../src/parse/text.ts';

describe('a line of what a cluster said', () => {
  test.each([
    ['is left alone where it fits', 'pods is forbidden', 20, 'pods is forbidden'],
    ['is cut off after a word', 'runAsNonRoot != true (pod)', 20, 'runAsNonRoot != ...'],
    ['is cut off anywhere where it is one word', 'x'.repeat(80), 10, 'xxxxxx ...'],
    ['loses what would move the cursor', 'a\u001b[2Jb\n', 20, 'a [2Jb'],
  ])('%s', (_, text, most, line) => {
    expect(clean(text, most)).toBe(line);
    expect(line.length).toBeLessThanOrEqual(most);
  });
});
