import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProxied } from '../../src/parse/proxied.ts';

const said = (...lines: string[]) => ['%variable http_proxy', '%direct ,localhost,.svc', ...lines].join('\n');
const proxied = { variable: 'http_proxy', direct: ['localhost', '.svc'] };

describe('a request by way of a proxy', () => {
  test.each([
    [
      'curl does not find the proxy',
      said('curl: (5) Could not resolve proxy: proxy.corp.example', 'HTTP/1.1 000', '%rc=5'),
      { asked: true, words: 'Could not resolve proxy: proxy.corp.example' },
    ],
    ['the proxy answers curl', said('HTTP/1.1 502', '%rc=0'), { asked: true, status: 502, words: '' }],
    [
      'busybox wget does not find it',
      said("wget: bad address 'proxy.corp.example'", '%rc=1'),
      { asked: true, words: "bad address 'proxy.corp.example'" },
    ],
    [
      'busybox wget is refused',
      said('Connecting to proxy:3128 (10.0.0.9:3128)', 'wget: server returned error: HTTP/1.1 403 Forbidden', '%rc=1'),
      { asked: true, status: 403, words: 'server returned error: HTTP/1.1 403 Forbidden' },
    ],
    ['the answer after a redirect counts', said('  HTTP/1.1 302 Found', '  HTTP/1.1 200 OK', '%rc=0'), { status: 200 }],
    ['there is nothing to ask with', said(), { asked: false, words: '' }],
  ])('%s', (_, text, answer) => {
    expect(parseProxied(text)).toMatchObject({ ...proxied, ...answer });
  });

  test('where no proxy is set', () => {
    expect(parseProxied('')).toBeNull();
    expect(parseProxied('%rc=')).toBeNull();
  });

  test('never repeats what stands before the @ of an address', () => {
    expect(parseProxied(said('curl: (5) Could not resolve proxy: http://me:secret@proxy', '%rc=5'))?.words).toBe(
      'Could not resolve proxy: http://proxy',
    );
  });

  test('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseProxied(said(text))).toMatchObject({ variable: 'http_proxy' });
      }),
    );
  });
});
