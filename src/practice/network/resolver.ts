import type { Task } from '../machine/task.ts';

/** What a name server says. `rcode` as in RFC 1035, in words. */
export interface DnsReply {
  rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  addresses: string[];
  /** Target of an alias. */
  alias?: string;
}

export interface ResolverSettings {
  nameservers: string[];
  search: string[];
  ndots: number;
}

/** How long one server is waited for, and how often it is asked: resolv.conf(5). */
const TIMEOUT_MS = 5000;
const ATTEMPTS = 2;

export function resolverSettings(resolvConf: string): ResolverSettings {
  const lines = resolvConf.split('\n').map((line) => line.trim().split(/\s+/));
  const words = (keyword: string) => lines.filter(([first]) => first === keyword).map(([, ...rest]) => rest);
  const ndots = /ndots:(\d+)/.exec(words('options').flat().join(' '))?.[1];
  return { nameservers: words('nameserver').flat(), search: words('search').at(-1) ?? [], ndots: Number(ndots ?? 1) };
}

/** Asks one server. Undefined: it said nothing. `refused`: nobody is there. */
export async function query(task: Task, server: string, name: string): Promise<DnsReply | 'refused' | undefined> {
  const { network } = task.container;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const answer = await network.ask(task, server, 53, name.replace(/\.$/, '').toLowerCase(), TIMEOUT_MS);
    if (answer === 'refused') return answer;
    if (answer !== undefined) return JSON.parse(answer) as DnsReply;
  }
  return undefined;
}

/** The names that are asked for, in order: with the search list, and as it is. */
export function candidates(name: string, { search, ndots }: ResolverSettings): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const dots = name.split('.').length - 1;
  const listed = search.map((suffix) => `${name}.${suffix}`);
  return dots >= ndots ? [name, ...listed] : [...listed, name];
}

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Looks a name up as the C library does: /etc/hosts first. `undefined`: no such name, or no server that answers. */
export async function lookup(task: Task, name: string): Promise<string[] | undefined> {
  if (IPV4.test(name)) return [name];
  const { files } = task.container;
  const hosts = (files.read('/etc/hosts') ?? '')
    .split('\n')
    .map((line) => line.split('#')[0]?.trim().split(/\s+/) ?? []);
  const listed = hosts.filter(
    ([address = '', ...names]) => IPV4.test(address) && names.includes(name.replace(/\.$/, '')),
  );
  if (listed.length > 0) return listed.map(([address = '']) => address);
  const settings = resolverSettings(files.read('/etc/resolv.conf') ?? '');
  for (const candidate of candidates(name, settings)) {
    const reply = await firstReply(task, settings.nameservers, candidate);
    if (reply === undefined) return undefined;
    if (reply.addresses.length > 0) return reply.addresses;
    if (reply.rcode === 'SERVFAIL') return undefined;
  }
  return undefined;
}

async function firstReply(task: Task, servers: readonly string[], name: string): Promise<DnsReply | undefined> {
  for (const server of servers) {
    const reply = await query(task, server, name);
    if (reply !== undefined && reply !== 'refused') return reply;
  }
  return undefined;
}
