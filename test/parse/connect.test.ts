import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCurl } from '../../src/parse/curl.ts';
import { parseExchange, parseNetcat } from '../../src/parse/netcat.ts';
import { parseWget } from '../../src/parse/wget.ts';
import { anyText } from './anyText.ts';
import { recorded, transcriptOf } from './recorded.ts';

describe.each(['1_28_4-glibc', '1_36_1-glibc', '1_36_1-musl'])('nc of busybox %s', (version) => {
  it.each([
    ['10.0.1.175 80', 'opened'],
    ['10.0.1.176 80', 'refused'],
    ['10.0.1.177 80', 'silent'],
  ])('%s: %s', (address, outcome) => {
    const transcript = transcriptOf(`nc-busybox-${version}.txt`, `nc -z -v -w 3 ${address}`);
    expect(parseNetcat(transcript)).toEqual({ outcome, durationMs: 10 });
  });
});

describe('nc', () => {
  it.each([
    ['busybox -vv', '10.0.0.1 (10.0.0.1:80) open\nsent 0, rcvd 0\n', 0, 'opened'],
    ['busybox -vv, IPv6', '::1 ([::1]:80) open\nsent 0, rcvd 0\n', 0, 'opened'],
    ['busybox -vv', 'nc: 127.0.0.1 (127.0.0.1:9): Connection refused\nsent 0, rcvd 0\n', 1, 'refused'],
    ['busybox', 'nc: 10.9.9.9 (10.9.9.9:80): No route to host\nsent 0, rcvd 0\n', 1, 'no-route'],
    ['busybox, musl', 'nc: 10.9.9.9 (10.9.9.9:80): Host is unreachable\n', 1, 'no-route'],
    ['busybox', "nc: bad address 'nosuch.invalid'\n", 1, 'bad-name'],
    ['OpenBSD', 'Connection to 127.0.0.1 18500 port [tcp/*] succeeded!\n', 0, 'opened'],
    ['OpenBSD', 'nc: connect to 127.0.0.1 port 9 (tcp) failed: Connection refused\n', 1, 'refused'],
    ['OpenBSD', 'nc: connect to 10.9.9.9 port 80 (tcp) timed out: Operation now in progress\n', 1, 'silent'],
    ['OpenBSD', 'nc: getaddrinfo for host "nosuch.invalid" port 9: Name or service not known\n', 1, 'bad-name'],
    ['traditional', 'localhost [127.0.0.1] 80 (http) open\n', 0, 'opened'],
    ['traditional', '(UNKNOWN) [127.0.0.1] 9 (discard) : Connection refused\n', 1, 'refused'],
    ['nmap', 'Ncat: Version 7.93 ( https://nmap.org/ncat )\nNcat: Connected to 127.0.0.1:80.\n', 0, 'opened'],
    ['nmap', 'Ncat: TIMEOUT.\n', 1, 'silent'],
    ['any, silent success', '', 0, 'opened'],
    ['any that had no time to say anything', '', 143, 'unclear'],
    ['any, crashed', '', 139, 'crashed'],
    ['not to be run', '', 127, 'crashed'],
    ['any, of which nothing is known', 'nc: what?\n', 1, 'unclear'],
  ])('%s: %j', (_, text, exitCode, outcome) => {
    expect(parseNetcat({ text, exitCode, durationMs: 1 }).outcome).toBe(outcome);
  });
});

/** By the address or path in the command; the same for all versions. */
const WGET: Record<string, object> = {
  '10.0.1.175:80': { outcome: 'answered' },
  'http://hostnames.default': { outcome: 'answered' },
  'http://nosuch': { outcome: 'bad-name' },
  '10.0.1.176:80': { outcome: 'refused' },
  '10.0.1.177:80': { outcome: 'unclear' },
  '10.0.1.178:80': { outcome: 'refused' },
  '10.0.1.180:80': { outcome: 'no-route' },
  '10.0.1.175:8080': { outcome: 'unclear' },
  'http://10.0.1.182:443/': { outcome: 'reset' },
  'http://10.244.0.5:8500/500': { outcome: 'answered', httpStatus: 500 },
  'http://10.244.0.5:8500/503': { outcome: 'answered', httpStatus: 503 },
  'http://10.244.0.5:8500/403': { outcome: 'answered', httpStatus: 403 },
  'http://10.244.0.5:8500/301': { outcome: 'unclear' },
  'http://10.244.0.5:8505/': { outcome: 'closed' },
  'http://10.244.0.5:8506/': { outcome: 'unclear' },
  'http://10.244.0.5:8507/': { outcome: 'reset' },
  'http://10.244.0.5:8508/': { outcome: 'reset' },
};

describe.each(['1_28_4-glibc', '1_36_1-glibc', '1_36_1-musl'])('wget of busybox %s', (version) => {
  it.each(recorded(`wget-busybox-${version}.txt`))('$command', ({ command, transcript }) => {
    const url = command.replace('wget -T 5 -qO- ', '');
    expect(WGET[url]).toBeDefined();
    expect(parseWget(transcript)).toEqual({ ...WGET[url], durationMs: 10 });
  });
});

describe('wget -S', () => {
  const busybox = 'Connecting to 127.0.0.1:18500 (127.0.0.1:18500)\n';
  const gnu = 'Connecting to 127.0.0.1:18500... connected.\nHTTP request sent, awaiting response... ';
  it.each([
    [
      'busybox',
      `${busybox}  HTTP/1.1 200 OK\n  Content-Length: 6\n`,
      0,
      { outcome: 'answered', httpStatus: 200, body: 'pod-1' },
    ],
    [
      'busybox, redirected to an address that is silent',
      `${busybox}  HTTP/1.1 301 Moved Permanently\n  location: http://10.9.9.9/x\nwget: download timed out\n`,
      1,
      { outcome: 'answered', httpStatus: 301, location: 'http://10.9.9.9/x' },
    ],
    [
      'busybox, a greeting',
      `${busybox}  220 banner ESMTP\nwget: download timed out\n`,
      1,
      { outcome: 'answered', spoke: 'not-http' },
    ],
    [
      'GNU',
      `${gnu}\n  HTTP/1.1 404 Not Found\n  Connection: close\n`,
      8,
      { outcome: 'answered', httpStatus: 404, body: 'pod-1' },
    ],
    ['GNU, closed', `${gnu}No data received.\nGiving up.\n`, 4, { outcome: 'closed' }],
    ['GNU, hangs', `${gnu}Read error (Connection timed out) in headers.\nGiving up.\n`, 4, { outcome: 'hangs' }],
    ['GNU, reset', `${gnu}Read error (Connection reset by peer) in headers.\n`, 4, { outcome: 'reset' }],
    ['GNU, refused', 'Connecting to 127.0.0.1:9... failed: Connection refused.\n', 4, { outcome: 'refused' }],
    ['GNU, dropped', 'Connecting to 10.9.9.9:80... failed: Connection timed out.\n', 4, { outcome: 'silent' }],
    ['GNU, no such name', "wget: unable to resolve host address 'nosuch'\n", 4, { outcome: 'bad-name' }],
    ["Debian 12's busybox", '', 139, { outcome: 'crashed' }],
  ])('%s', (_, text, exitCode, expected) => {
    const body = 'httpStatus' in expected ? 'pod-1\n' : '';
    expect(parseWget({ text, exitCode, durationMs: 5 }, body)).toEqual({ ...expected, durationMs: 5 });
  });
});

/** By the address or path in the command. */
const CURL: Record<string, string> = {
  '10.0.1.175:80': 'answered',
  'http://nosuch': 'bad-name',
  '10.0.1.176:80': 'refused',
  '10.0.1.177:80': 'silent',
  '10.0.1.178:80': 'refused',
  '10.0.1.180:80': 'no-route',
  'http://10.0.1.182:443/': 'reset',
  'http://10.244.0.5:8505/': 'closed',
  'http://10.244.0.5:8506/': 'hangs',
  'http://10.244.0.5:8508/': 'reset',
  'http://10.244.0.5:8500/503': 'answered',
};

describe('curl', () => {
  it.each(recorded('curl.txt'))('$command', ({ command, transcript }) => {
    const url = command.replace('curl -sS -m 5 ', '');
    expect(CURL[url]).toBeDefined();
    expect(parseCurl(transcript)).toEqual({ outcome: CURL[url], durationMs: 10 });
  });

  const connected = '*   Trying 10.0.0.1:80...\n* Connected to 10.0.0.1 (10.0.0.1) port 80 (#0)\n';
  it.each([
    ['an answer', `${connected}< HTTP/1.1 200 OK\n< \n`, 0, { outcome: 'answered', httpStatus: 200, body: 'pod-1' }],
    [
      'an answer in HTTP/2',
      `${connected}< HTTP/2 503 \n< \n`,
      0,
      { outcome: 'answered', httpStatus: 503, body: 'pod-1' },
    ],
    [
      'a redirect',
      `${connected}< HTTP/1.1 302 Found\n< Location: https://x.example/\n`,
      0,
      { outcome: 'answered', httpStatus: 302, location: 'https://x.example/', body: 'pod-1' },
    ],
    [
      'an answer that does not end',
      `${connected}< HTTP/1.1 200 OK\ncurl: (28) Operation timed out after 3000 milliseconds with 35 bytes received\n`,
      28,
      { outcome: 'answered', httpStatus: 200, body: 'pod-1' },
    ],
    [
      'silence after the handshake',
      `${connected}curl: (28) Connection timed out after 3003 milliseconds\n`,
      28,
      { outcome: 'hangs' },
    ],
    [
      'dropped',
      '*   Trying 10.0.0.1:80...\ncurl: (28) Connection timed out after 3003 milliseconds\n',
      28,
      { outcome: 'silent' },
    ],
    [
      'a resolver that is silent',
      'curl: (28) Resolving timed out after 3000 milliseconds\n',
      28,
      { outcome: 'bad-name' },
    ],
    ['no route', '* connect to 10.0.0.1 port 80 failed: No route to host\ncurl: (7) x\n', 7, { outcome: 'no-route' }],
    [
      'refused',
      '* connect to 10.0.0.1 port 80 failed: Connection refused\ncurl: (7) x after 1010 ms\n',
      7,
      { outcome: 'refused' },
    ],
    [
      'reset at once',
      '* connect to 10.0.0.1 port 80 failed: Connection reset by peer\ncurl: (7) x\n',
      7,
      { outcome: 'reset' },
    ],
    [
      'plain HTTP on a port asked for TLS',
      `${connected}curl: (35) OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number\n`,
      35,
      { outcome: 'answered', spoke: 'not-tls' },
    ],
    [
      'a TLS server that closes',
      `${connected}curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to x:1 \n`,
      35,
      { outcome: 'closed' },
    ],
    [
      'a TLS server that resets',
      `${connected}curl: (35) Send failure: Connection reset by peer\n`,
      35,
      { outcome: 'reset' },
    ],
    [
      'a TLS alert',
      `${connected}curl: (35) error:0A000410:SSL routines::sslv3 alert handshake failure\n`,
      35,
      { outcome: 'answered' },
    ],
    [
      'another protocol',
      `${connected}curl: (1) Received HTTP/0.9 when not allowed\n`,
      1,
      { outcome: 'answered', spoke: 'not-http' },
    ],
    ['a crash', '', 139, { outcome: 'crashed' }],
    ['an unknown error', 'curl: (99) x\n', 99, { outcome: 'unclear' }],
  ])('%s', (_, text, exitCode, expected) => {
    const body = 'httpStatus' in expected ? 'pod-1\n' : '';
    expect(parseCurl({ text, exitCode, durationMs: 5 }, body)).toEqual({ ...expected, durationMs: 5 });
  });
});

describe('a raw exchange', () => {
  const open = '10.0.0.1 (10.0.0.1:80) open\n';
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n';
  it.each([
    [
      'an answer',
      `${open}HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhostnames-1\n`,
      0,
      { outcome: 'answered', httpStatus: 200, body: 'hostnames-1' },
    ],
    ['an answer in chunks', open + chunked, 0, { outcome: 'answered', httpStatus: 200, body: 'hello world' }],
    ['chunks that end early', open + chunked.slice(0, 53), 143, { outcome: 'answered', httpStatus: 200, body: 'hel' }],
    [
      'a redirect',
      `open\nHTTP/1.1 301 Moved\r\nlocation: /new\r\n\r\n`,
      0,
      { outcome: 'answered', httpStatus: 301, location: '/new' },
    ],
    ['no body', `${open}HTTP/1.0 204 No Content\r\n\r\n`, 0, { outcome: 'answered', httpStatus: 204 }],
    ['half a head', `${open}HTTP/1.1 500 Internal`, 143, { outcome: 'answered', httpStatus: 500 }],
    [
      'a greeting',
      `${open}220 mail ESMTP\r\n`,
      143,
      { outcome: 'answered', spoke: 'not-http', body: '220 mail ESMTP' },
    ],
    ['a TLS alert', `${open}\u0015\u0003\u0001\u0002\u0002\n`, 0, { outcome: 'answered', spoke: 'tls' }],
    [
      'nginx, asked in plain HTTP on its TLS port',
      `${open}HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port`,
      0,
      { outcome: 'answered', httpStatus: 400, spoke: 'tls', body: 'The plain HTTP request was sent to HTTPS port' },
    ],
    ['closed', `${open}\n`, 0, { outcome: 'closed' }],
    ['hangs', `${open}\n`, 143, { outcome: 'hangs' }],
    ['reset', `${open}\n`, 1, { outcome: 'reset' }],
    ['reset while it was written to', `${open}\n`, 141, { outcome: 'reset' }],
    ['no reader', `${open}\n`, 127, { outcome: 'crashed' }],
    ['refused', 'nc: 10.0.0.1 (10.0.0.1:80): Connection refused\nsent 0, rcvd 0\n', 1, { outcome: 'refused' }],
    [
      'refused, bash',
      'bash: connect: Connection refused\nbash: line 1: /dev/tcp/10.0.0.1/80: Connection refused\n',
      1,
      { outcome: 'refused' },
    ],
    ['dropped', 'nc: 10.0.0.1 (10.0.0.1:80): Connection timed out\nsent 0, rcvd 0\n', 1, { outcome: 'silent' }],
    ['starved', '', 143, { outcome: 'unclear' }],
  ])('%s', (_, text, exitCode, expected) => {
    expect(parseExchange({ text, exitCode, durationMs: 5 }, 'http')).toEqual({ ...expected, durationMs: 5 });
  });

  it('is not over', () => {
    expect(parseExchange({ text: 'open', durationMs: 5 }, 'http').outcome).toBe('unclear');
  });

  it.each([
    ['a handshake', '\u0016\u0003\u0003', {}],
    ['an alert', '\u0015\u0003\u0001', {}],
    ['plain HTTP', 'HTTP/1.1 400 Bad Request\r\n', { spoke: 'not-tls', body: 'HTTP/1.1 400 Bad Request' }],
  ])('answers a TLS hello by %s', (_, received, expected) => {
    const attempt = parseExchange({ text: `open\n${received}`, exitCode: 0, durationMs: 5 }, 'https');
    expect(attempt).toEqual({ outcome: 'answered', durationMs: 5, ...expected });
  });
});

const toolText = fc.oneof(
  anyText,
  fc
    .array(fc.constantFrom('open\n', 'HTTP/1.1 200', '\r\n', 'ffffffff\r\n', '\u001b[2J', '< HTTP/2 200 \n'))
    .map((parts) => parts.join('')),
);

it('no parser fails, lets a control character through or grows without bounds', () => {
  fc.assert(
    fc.property(toolText, fc.option(fc.nat(255)), (text, code) => {
      const transcript = { text, durationMs: 1, ...(code !== null && { exitCode: code }) };
      const attempts = [
        parseNetcat(transcript),
        parseCurl(transcript, text),
        parseWget(transcript, text),
        parseExchange(transcript, 'http'),
        parseExchange(transcript, 'https'),
      ];
      const said = attempts.map(({ body = '', location = '' }) => body + location);
      expect(said.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      expect(Math.max(...said.map(({ length }) => length))).toBeLessThanOrEqual(512);
    }),
  );
});
