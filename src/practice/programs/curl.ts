import { SystemError } from '../machine/channel.ts';
import type { Program } from '../machine/container.ts';
import { absolute } from '../machine/files.ts';
import type { Task } from '../machine/task.ts';
import { lookup } from '../network/resolver.ts';
import { type Fetched, fetchHttp, proxyFor } from './http.ts';
import { options } from './options.ts';

const VALUED = [
  'm',
  'o',
  'w',
  'A',
  'H',
  'X',
  'd',
  'max-time',
  'connect-timeout',
  'output',
  'write-out',
  'connect-to',
  'user-agent',
];
const LIMIT_MS = 127_000;

/** An error that curl ends with: https://curl.se/libcurl/c/libcurl-errors.html */
class Failure extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const curl: Program = async (task, argv) => {
  const { flags, words } = options(argv, VALUED);
  const [word = ''] = words;
  const text = /^[a-z]+:\/\//.test(word) ? word : `http://${word}`;
  try {
    if (!URL.canParse(text)) throw new Failure(3, 'URL rejected: Malformed input to a URL function');
    return await get(task, new URL(text), flags);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (!flags.has('s') || flags.has('S')) task.err(`curl: (${error.code}) ${error.message}\n`);
    if (flags.has('w')) task.out(written(flags, 0));
    return error.code;
  }
};

const written = (flags: Map<string, string>, status: number): string =>
  (flags.get('w') ?? '').replace('%{http_code}', String(status).padStart(3, '0')).replaceAll('\\n', '\n');

async function get(task: Task, url: URL, flags: Map<string, string>): Promise<number> {
  const note = (text: string) => flags.has('v') && task.err(text);
  const limitMs = Number(flags.get('m') ?? flags.get('max-time') ?? LIMIT_MS / 1000) * 1000;
  const proxy = url.protocol === 'http:' ? proxyFor(task.env, url.hostname, true) : undefined;
  const [host, port] = proxy ? placeOf(proxy, undefined) : placeOf(url, flags.get('connect-to'));
  const began = task.clock.now;
  const [address] = (await lookup(task, host)) ?? [];
  if (address === undefined)
    throw proxy
      ? new Failure(5, `Could not resolve proxy: ${host}`)
      : new Failure(6, `Could not resolve host: ${host}`);
  note(`*   Trying ${address}:${port}...\n`);
  const connected = () => note(`* Connected to ${host} (${address}) port ${port}\n`);
  const common = { address, port, limitMs, connected };
  if (url.protocol === 'telnet:')
    return opens(await fetchHttp(task, { ...common, host, target: '/' }), host, port, limitMs);
  const fetched = await fetchHttp(task, {
    ...common,
    host: url.host,
    target: proxy ? url.href : url.pathname + url.search,
  });
  if (url.protocol === 'https:' && ['answer', 'not-http'].includes(fetched.end)) {
    throw new Failure(35, 'TLS connect error: error:0A00010B:SSL routines::wrong version number');
  }
  if (fetched.end !== 'answer') throw failure(fetched, host, port, limitMs, task.clock.now - began);
  note(`> GET ${url.pathname} HTTP/1.1\n> Host: ${url.host}\n> \n< ${fetched.statusLine}\n`);
  note(`${fetched.headers.map(([name, value]) => `< ${name}: ${value}\n`).join('')}< \n`);
  if (flags.has('f') && fetched.status >= 400)
    throw new Failure(22, `The requested URL returned error: ${fetched.status}`);
  const head = [fetched.statusLine, ...fetched.headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  deliver(task, `${flags.has('i') ? `${head}\r\n\r\n` : ''}${fetched.body}`, flags.get('o') ?? flags.get('output'));
  task.out(written(flags, fetched.status));
  return 0;
}

/** Of `--connect-to ::HOST:PORT`, else of the URL. */
function placeOf(url: URL, instead: string | undefined): [string, number] {
  const [, host, port] = /^::(.+):(\d+)$/.exec(instead ?? '') ?? [];
  if (host !== undefined) return [host, Number(port)];
  return [url.hostname, Number(url.port || { 'https:': 443, 'telnet:': 23 }[url.protocol] || 80)];
}

function opens({ end }: Fetched, host: string, port: number, limitMs: number): number {
  if (end === 'refused') throw failure({ end }, host, port, limitMs, 0);
  if (end === 'timeout' || end === 'no-answer') throw failure({ end }, host, port, limitMs, limitMs);
  return 0;
}

function failure(
  { end }: Exclude<Fetched, { end: 'answer' }>,
  host: string,
  port: number,
  limitMs: number,
  tookMs: number,
): Failure {
  switch (end) {
    case 'refused':
      return new Failure(
        7,
        `Failed to connect to ${host} port ${port} after ${tookMs} ms: Could not connect to server`,
      );
    case 'timeout':
      return new Failure(28, `Connection timed out after ${limitMs + 1} milliseconds`);
    case 'no-answer':
      return new Failure(28, `Operation timed out after ${limitMs + 1} milliseconds with 0 bytes received`);
    case 'reset':
      return new Failure(56, 'Recv failure: Connection reset by peer');
    case 'closed':
      return new Failure(52, 'Empty reply from server');
    default:
      return new Failure(1, 'Received HTTP/0.9 when not allowed');
  }
}

function deliver(task: Task, text: string, file: string | undefined): void {
  if (file === undefined || file === '-') task.out(text);
  else if (file !== '/dev/null' && !task.container.files.write(absolute(file, task.directory), text)) {
    throw new SystemError(`(23) Failure writing output to destination ${file}`);
  }
}
