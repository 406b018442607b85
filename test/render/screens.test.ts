import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Report, View } from '../../src/render/report.ts';
import { createTheme } from '../../src/render/theme.ts';
import { screen } from './render.ts';
import { broken, healthy, manyCauses, noAccess, pointless, stopped, undecided } from './reports.ts';
import { view } from './sample.ts';

const REPORTS: Record<string, () => Report> = { broken, healthy, undecided, noAccess, manyCauses, stopped, pointless };
const VIEWS: Record<string, Partial<View>> = { 80: { width: 80 }, 40: { width: 40 }, verbose: { verbose: true } };
const ALL = Object.keys(REPORTS).flatMap((name) => Object.keys(VIEWS).map((look) => [name, look] as const));
const shown = (name: string, look: Partial<View>) => screen(REPORTS[name]!(), view(look));

describe('the screen of a run', () => {
  it.each(ALL)('%s, %s', async (name, look) => {
    await expect(shown(name, VIEWS[look]!)).toMatchFileSnapshot(`golden/${name}-${look}.txt`);
  });

  it.each(ALL)('%s, %s: fits the columns, but for commands, Roles and single words', (name, look) => {
    const { width = 80 } = VIEWS[look]!;
    const lines = shown(name, VIEWS[look]!).split('\n');
    const prose = lines.filter((line) => !/^(kubectl|svc-debug) |^(metadata: | {2}- )\{/.test(line));
    expect(prose.filter((line) => line.length > width && line.trim().includes(' '))).toEqual([]);
  });

  it.each(ALL)('%s, %s: is ASCII without any escape sequence where there is no colour', (name, look) => {
    expect(shown(name, VIEWS[look]!)).toMatch(/^[\n -~]*$/);
  });

  it.each(ALL)('%s, %s: colour adds nothing but colour', (name, look) => {
    const coloured = shown(name, { ...VIEWS[look]!, theme: createTheme(1) });
    expect(coloured).toMatch(/\x1b\[/);
    expect(stripVTControlCharacters(coloured)).toBe(shown(name, VIEWS[look]!));
  });

  it.each(Object.keys(REPORTS))('%s: the ending is one screen: 24 lines, 30 for several causes', (name) => {
    const [, ...ending] = shown(name, { width: 80 }).split('\n\n');
    expect(ending.join('\n\n').trimEnd().split('\n').length).toBeLessThan(name === 'manyCauses' ? 30 : 25);
  });

  it('commands carry the cluster, stand at the first column and are never wrapped', () => {
    const lines = shown('broken', {
      width: 40,
      clusterFlags: ['--context', 'prod-eu1', '--kubeconfig', '/a b/config'],
    }).split('\n');
    expect(lines).toContain(
      "kubectl --context prod-eu1 --kubeconfig '/a b/config' -n shop delete pod checkout-6c5-k8wqz",
    );
  });

  it('no colour that vanishes on a light or a dark background is used: yellow, white, grey, dim', () => {
    const coloured =
      shown('broken', { theme: createTheme(1) }) +
      shown('undecided', { theme: createTheme(1) }) +
      shown('healthy', { theme: createTheme(1) });
    const used = new Set([...coloured.matchAll(/\x1b\[(\d+)m/g)].map(([, code]) => Number(code)));
    expect([...used].filter((code) => [2, 8, 33, 37, 90, 93, 97].includes(code))).toEqual([]);
    expect(used).toContain(31);
  });
});
