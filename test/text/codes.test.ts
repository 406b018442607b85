/** Every finding that svc-debug can print is produced by some test of the steps or of the program, and is explained. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { STEP_IDS } from '../../src/model/finding.ts';
import { en } from '../../src/text/en/index.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

interface TestText {
  /** Below test/, as `steps/dns/names.test.ts`. */
  name: string;
  text: string;
}

/** Without what is expected not to be found. */
const positive = (text: string): string => text.replace(/^.*\.not\..*$/gm, '');

/** The tests in which steps are run on made-up facts, or the program against a made-up server. */
const tests: TestText[] = ['steps', 'cli', 'knowledge'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => ({
      name: `${folder}/${name}`,
      text: positive(readFileSync(path.join(ROOT, folder, name), 'utf8')),
    })),
);

/** Ways in which a connection ends: in a test such a word mostly says what was met, and not what was found. */
const MET = ['refused', 'silent', 'reset', 'hangs', 'no-route', 'closed', 'slow'];

/** As a whole string, alone or after its severity: `'warning ip/slow'`. The tests of its own step may leave the step out. */
function expects({ name, text }: TestText, code: string): boolean {
  const [step, own = ''] = code.split('/');
  const mayBeShort = name.startsWith(`steps/${step}/`) && !MET.includes(own);
  const word = mayBeShort ? `(?:${step}/)?${own}(?: [\\w-]+)?` : code;
  return new RegExp(`(['"\`])(?:(?:error|warning|info) )?${word}\\1`).test(text);
}

describe.each(Object.entries(en.findings))('%s', (code, { why, prove, mend }) => {
  test('is produced by a test', () => {
    expect(tests.some((one) => expects(one, code))).toBe(true);
  });

  test('belongs to a step, and says why it harms, how to prove it and how to mend it', () => {
    expect(STEP_IDS).toContain(code.split('/')[0]);
    expect(code).toMatch(/^[a-z-]+\/[a-z-]+$/);
    for (const text of [why, prove, mend]) expect(text).toMatch(/^\S.*\w.*\S$/s);
  });
});
