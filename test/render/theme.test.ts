import { describe, expect, it } from 'vitest';
import { widthOf } from '../../src/render/report.ts';
import { colorLevel, createTheme, MARK_WIDTH, MARKS, plainTheme } from '../../src/render/theme.ts';

const terminal = { isTTY: true, getColorDepth: (): number => 8 };
const pipe = {};

describe('colorLevel', () => {
  it.each([
    ['a terminal', terminal, {}, undefined, 2],
    ['a pipe', pipe, {}, undefined, 0],
    ['a terminal with 16 colours', { isTTY: true, getColorDepth: (): number => 4 }, {}, undefined, 1],
    ['a terminal with all colours', { isTTY: true, getColorDepth: (): number => 24 }, {}, undefined, 3],
    ['a terminal without colours', { isTTY: true, getColorDepth: (): number => 1 }, {}, undefined, 0],
    ['a terminal that does not tell', { isTTY: true }, {}, undefined, 1],
    ['--no-color', terminal, {}, false, 0],
    ['--no-color against FORCE_COLOR', terminal, { FORCE_COLOR: '3' }, false, 0],
    ['NO_COLOR', terminal, { NO_COLOR: '1' }, undefined, 0],
    ['an empty NO_COLOR, which means nothing', terminal, { NO_COLOR: '' }, undefined, 2],
    ['NO_COLOR against FORCE_COLOR', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, undefined, 0],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, undefined, 0],
    ['CI', terminal, { CI: 'true' }, undefined, 0],
    ['FORCE_COLOR in a pipe', pipe, { FORCE_COLOR: '' }, undefined, 1],
    ['FORCE_COLOR=2', pipe, { FORCE_COLOR: '2' }, undefined, 2],
    ['FORCE_COLOR=9', pipe, { FORCE_COLOR: '9' }, undefined, 3],
    ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, undefined, 0],
    ['FORCE_COLOR=false', terminal, { FORCE_COLOR: 'false' }, undefined, 0],
    ['FORCE_COLOR=yes', pipe, { FORCE_COLOR: 'yes' }, undefined, 1],
  ] as const)('%s', (_what, stream, env, flag, level) => {
    expect(colorLevel(stream, env, flag)).toBe(level);
  });
});

describe('themes', () => {
  it('level 0 and the plain theme print what they are given', () => {
    for (const theme of [createTheme(0), plainTheme]) expect(theme.paint('bad', 'BAD')).toBe('BAD');
  });

  it('every mark is a word of its own that fits its column', () => {
    const marks = Object.values(MARKS);
    expect(new Set(marks).size).toBe(marks.length);
    expect(marks.filter((mark) => mark.length >= MARK_WIDTH)).toEqual([]);
  });
});

describe('widthOf', () => {
  it.each([
    [{ isTTY: true, columns: 40 }, 40],
    [{ isTTY: true, columns: 400 }, 110],
    [{ isTTY: true, columns: 3 }, 20],
    [{ isTTY: true, columns: 0 }, 80],
    [{ columns: 40 }, 80],
  ])('%o', (stream, width) => {
    expect(widthOf(stream)).toBe(width);
  });
});
