import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderEvidence } from '../../src/render/evidence.ts';
import { renderJson } from '../../src/render/json.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import type { Report } from '../../src/render/report.ts';
import { clean } from '../../src/render/sanitize.ts';
import { hostile, UNSAFE } from './hostile.ts';
import { screen } from './render.ts';
import { broken, manyCauses, undecided } from './reports.ts';
import { view } from './sample.ts';

/** Keys whose values are words of our own, which no cluster can choose. */
const OURS = ['what', 'code', 'step', 'severity', 'breaks', 'outcome', 'kind', 'verdict', 'id', 'protocol', 'explains'];

/** A report in which whatever a cluster could say is hostile. */
function poisoned<T>(value: T, poison: string, key = ''): T {
  if (OURS.includes(key)) return value;
  if (typeof value === 'string') return `${value}${poison}` as T;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, poison)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, poisoned(v, poison, k)])) as T;
}

const SAMPLES: Record<string, () => Report> = { broken, manyCauses, undecided };
const RENDERERS: Record<string, (report: Report) => string> = {
  terminal: (report) => screen(report, view({ verbose: true })),
  narrow: (report) => screen(report, view({ width: 40 })),
  evidence: (report) => renderEvidence(clean(report), view()),
  markdown: (report) => renderMarkdown(clean(report), view()),
  json: (report) => renderJson(clean(report), view()),
};

describe.each(Object.entries(RENDERERS))('hostile text: %s', (_name, render) => {
  it.each(Object.entries(SAMPLES))('%s', (_sample, make) => {
    fc.assert(
      fc.property(hostile, (poison) => {
        const text = render(poisoned(make(), poison));
        expect(text.replaceAll('\n', '')).not.toMatch(UNSAFE);
      }),
      { numRuns: 10 },
    );
  });

  it('shows no secret', () => {
    const text = render(poisoned(manyCauses(), ' Authorization: Bearer s3cr3t.value password=hunter2 '));
    expect(text).not.toMatch(/s3cr3t|hunter2/);
    expect(text).toContain('[hidden]');
  });

  it('prints no line that the report did not have', () => {
    const lines = (poison: string) => render(poisoned(broken(), poison)).split('\n').length;
    expect(lines('\n\r\n\u2028x')).toBe(lines(' x'));
  });
});

describe('markdown', () => {
  it('hostile text stands in fences only, and ends none', () => {
    fc.assert(
      fc.property(hostile, (poison) => {
        const text = renderMarkdown(clean(poisoned(manyCauses(), `HOSTILE${poison}`)), view());
        const { outside, open } = unfenced(text);
        expect(open).toBe(false);
        const code = /`[^`]*`/g;
        expect(outside.map((line) => line.replace(code, '')).filter((line) => line.includes('HOSTILE'))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

/** The lines outside of fences, as CommonMark reads them: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
function unfenced(text: string): { outside: string[]; open: boolean } {
  const outside: string[] = [];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const [, marks, info] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (fence !== undefined) {
      if (marks?.startsWith(fence) && info?.trim() === '') fence = undefined;
    } else if (marks !== undefined && !info?.includes('`')) fence = marks;
    else outside.push(line);
  }
  return { outside, open: fence !== undefined };
}
