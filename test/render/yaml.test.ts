import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { yamlLines } from '../../src/render/yaml.ts';

describe('YAML', () => {
  test('is written in block style', () => {
    const spec = { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }, { port: 81 }], none: {}, empty: [] };
    expect(yamlLines({ spec })).toEqual([
      'spec:',
      '  selector:',
      '    app: web',
      '  ports:',
      '    - name: http',
      '      port: 80',
      '    - port: 81',
      '  none: {}',
      '  empty: []',
    ]);
  });

  // every form that YAML 1.1 or 1.2 gives another type: https://yaml.org/type/
  test.each([
    ...['y', 'Y', 'n', 'yes', 'No', 'on', 'OFF', 'true', 'False', 'null', 'Null', '~', ''],
    ...['1', '1.0', '-1', '0x1f', '0o7', '1e3', '.5', '.inf', '.NaN', '1_000', '12:30', '2024-01-02', '=', '<<'],
    ...['- a', 'a: b', '#a', 'a #b', '&a', '*a', '!a', '|', '>', '%a', '@a', '`a', '"a"', "'a'", '{a}', '[a]', ' a'],
  ])('quotes the string %j', (text) => {
    expect(yamlLines({ app: text })).toEqual([`app: ${JSON.stringify(text)}`]);
  });

  test('a key that looks like a boolean is quoted, one with a slash is not', () => {
    expect(yamlLines({ y: 'a', 'app.kubernetes.io/name': 'b' })).toEqual(['"y": a', 'app.kubernetes.io/name: b']);
  });

  test('whatever is written is read back as it was', () => {
    const key = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.boolean(), tie('list'), tie('map')),
      list: fc.array(tie('json'), { maxLength: 3 }),
      map: fc.dictionary(key, tie('json'), { maxKeys: 3, noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(json, (value) => {
        expect(load(yamlLines(value).join('\n'))).toEqual(value);
      }),
    );
  });
});
