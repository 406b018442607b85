import { SystemError } from '../machine/channel.ts';
import type { Program } from '../machine/container.ts';
import { absolute } from '../machine/files.ts';
import type { Task } from '../machine/task.ts';
import { lookup } from '../network/resolver.ts';
import { type Fetched, fetchHttp, proxyFor } from './http.ts';
import { options } from './options.ts';

const USAGE = `BusyBox v1.37.0 (2025-01-17 18:12:01 UTC) multi-call binary.

Usage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [-P DIR] [-T SEC] [--no-check-certificate] [--header STR] URL...
`;
const LIMIT_MS = 900_000;
const MOST_REDIRECTS = 5;

/** wget of busybox. Of TLS it has nothing to talk to here. */
export const wget: Program = async (task, argv) => {
  const { flags, words } = options(argv, ['O', 'T', 'P', 'o', 'U', 't', 'header', 'post-data']);
  if (flags.has('help') || words.length === 0) {
    task.err(USAGE);
    return 1;
  }
  const limitMs = flags.has('T') ? Number(flags.get('T')) * 1000 : LIMIT_MS;
  let url = urlOf(words[0] ?? '');
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const fetched = await get(task, url, flags, limitMs);
    const location = headerOf(fetched, 'location');
    if (fetched.end === 'answer' && fetched.status >= 300 && fetched.status < 400 && location) {
      url = urlOf(new URL(location, url).href);
      continue;
    }
    if (fetched.end !== 'answer') throw new SystemError(trouble(fetched));
    if (fetched.status >= 400) throw new SystemError(`server returned error: ${fetched.statusLine}`);
    return save(task, fetched.body, url, flags);
  }
  throw new SystemError('too many redirections');
};

const urlOf = (text: string): URL => {
  const whole = /^[a-z]+:\/\//.test(text) ? text : `http://${text}`;
  if (URL.canParse(whole)) return new URL(whole);
  throw new SystemError(`bad address '${text.replace(/^http:\/\//, '')}'`);
};

const headerOf = (fetched: Fetched, wanted: string): string | undefined =>
  fetched.end === 'answer' ? fetched.headers.find(([name]) => name.toLowerCase() === wanted)?.[1] : undefined;

type Trouble = Exclude<Fetched, { end: 'answer' }> & { address?: string };

async function get(
  task: Task,
  url: URL,
  flags: Map<string, string>,
  limitMs: number,
): Promise<Fetched & { address?: string }> {
  const proxy = url.protocol === 'http:' ? proxyFor(task.env, url.hostname, false) : undefined;
  const { hostname, port: written } = proxy ?? url;
  const [address] = (await lookup(task, hostname)) ?? [];
  if (address === undefined) throw new SystemError(`bad address '${hostname}'`);
  const port = Number(written || (url.protocol === 'https:' ? 443 : 80));
  if (!flags.has('q')) task.err(`Connecting to ${url.host} (${address}:${port})\n`);
  const fetched = await fetchHttp(task, {
    address,
    port,
    host: url.host,
    target: proxy ? url.href : url.pathname + url.search,
    limitMs,
  });
  if (url.protocol === 'https:' && fetched.end === 'answer') return { end: 'reset' };
  if (flags.has('S') && fetched.end === 'answer') {
    const isError = fetched.status >= 400;
    const lines = [
      fetched.statusLine,
      ...(isError ? [] : fetched.headers.map(([name, value]) => `${name}: ${value}`).concat('')),
    ];
    task.err(lines.map((line) => `  ${line}\n`).join(''));
  }
  return { ...fetched, address };
}

function trouble({ end, received = '', address = '' }: Trouble): string {
  switch (end) {
    case 'refused':
      return `can't connect to remote host (${address}): Connection refused`;
    case 'reset':
    case 'not-http':
      return 'error getting response: Connection reset by peer';
    case 'closed':
      return 'error getting response';
    default:
      return received === '' || end === 'no-answer' ? 'download timed out' : 'error getting response';
  }
}

function save(task: Task, body: string, url: URL, flags: Map<string, string>): number {
  if (flags.has('spider')) return 0;
  const file = flags.get('O') ?? (url.pathname.replace(/^.*\//, '') || 'index.html');
  const quiet = flags.has('q');
  if (file === '-') {
    if (!quiet) task.err('writing to stdout\n');
    task.out(body);
    if (!quiet) task.err('written to stdout\n');
    return 0;
  }
  if (file !== '/dev/null' && !task.container.files.write(absolute(file, task.directory), body)) {
    throw new SystemError(`can't open '${file}': No such file or directory`);
  }
  if (!quiet) task.err(`saving to '${file}'\n'${file}' saved\n`);
  return 0;
}
