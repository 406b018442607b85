import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const MOST_LINES = 200;

/** Which rooms of src/ each room may import from, beside itself. Types count as well. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  cli: ['walk', 'steps', 'facts', 'model', 'parse', 'cluster', 'render', 'text', 'practice'],
  walk: ['steps', 'facts', 'model'],
  steps: ['facts', 'model'],
  facts: ['model', 'parse'],
  model: [],
  parse: ['model'],
  cluster: ['model', 'parse'],
  render: ['model', 'text'],
  text: ['model'],
  practice: [],
};

/** Libraries, and the rooms that may use them at run time. */
const LIBRARY_ROOMS: Record<string, readonly string[]> = {
  chalk: ['render'],
  ora: ['render'],
  'string-width': ['render'],
  'wrap-ansi': ['render'],
  inquirer: ['cli'],
  commander: ['cli'],
  '@kubernetes/client-node': ['cluster'],
  ws: ['cluster', 'practice'],
};

interface Import {
  file: string;
  room: string;
  target: string;
  typeOnly: boolean;
}

const files = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({
    file: `src/${name}`,
    room: name.split(path.sep)[0] ?? '',
    text: readFileSync(path.join(ROOT, 'src', name), 'utf8'),
  }));

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

const importsOf = ({ file, room, text }: (typeof files)[number]): Import[] =>
  [...withoutComments(text).matchAll(IMPORT)].map(([, type, named = '', dynamic]) => ({
    file,
    room,
    target: dynamic ?? named,
    typeOnly: type !== undefined,
  }));

const imports = files.flatMap(importsOf);

const roomOf = ({ file, target }: Import): string | undefined =>
  target.startsWith('.') ? path.posix.join(path.posix.dirname(file), target).split('/')[1] : undefined;

const packageOf = ({ target }: Import): string =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');

const pathOf = ({ file, target }: Import): string => path.posix.join(path.posix.dirname(file), target);

/** A shell's commands contain commands: what runs one may meet any other. */
const RECURSIVE = 'src/practice/shell/';

/** Circles of imports at run time, each told once, by its files in order. Types alone may know each other. */
function circles(): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (file: string, trail: readonly string[]) => {
    const at = trail.indexOf(file);
    if (at >= 0) found.push([...trail.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    const own = imports.filter((one) => one.file === file && !one.typeOnly && one.target.startsWith('.'));
    for (const next of own) visit(pathOf(next), [...trail, file]);
    done.add(file);
  };
  for (const { file } of files) visit(file, []);
  return found.filter((circle) => !circle.every((file) => file.startsWith(RECURSIVE)));
}

const said = (found: readonly Import[]) => found.map(({ file, target }) => `${file} imports ${target}`);

describe('the layout of src', () => {
  test('has files to look at, in rooms that are known', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect([...new Set(files.map(({ room }) => room))].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  test('no import runs up', () => {
    const up = imports.filter((found) => {
      const room = roomOf(found);
      return room !== undefined && room in MAY_IMPORT && room !== found.room && !MAY_IMPORT[found.room]?.includes(room);
    });
    expect(said(up)).toEqual([]);
  });

  test('no files import each other in a circle', () => {
    expect(circles()).toEqual([]);
  });

  test('every library stays in its room', () => {
    const strays = imports.filter((found) => {
      const rooms = LIBRARY_ROOMS[packageOf(found)];
      return rooms !== undefined && !found.typeOnly && !rooms.includes(found.room);
    });
    expect(said(strays)).toEqual([]);
  });

  test('only cli looks at the process, and nobody at import time', () => {
    const usesProcess = ({ room, text }: (typeof files)[number]) =>
      room !== 'cli' &&
      (/(?<![\w.$'"`/-])process\.\w/.test(withoutComments(text)) || /from ['"](node:)?process['"]/.test(text));
    expect(files.filter(usesProcess).map(({ file }) => file)).toEqual([]);
    const atImport = files.filter(({ text }) =>
      /^(?:const|let|export const).*[^.\w]process\./m.test(withoutComments(text)),
    );
    expect(atImport.map(({ file }) => file)).toEqual([]);
  });

  test(`no file has more than ${MOST_LINES} lines`, () => {
    const long = files.map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }));
    expect(long.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
  });
});
