import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

const variable = (env: Environment, name: string) => env[name.toUpperCase()] || env[name.toLowerCase()] || undefined;

const withoutBrackets = (host: string) => host.replace(/^\[(.*)\]$/, '$1').toLowerCase();

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127\./.test(host);

const portOf = (url: URL) => url.port || (url.protocol === 'http:' ? '80' : '443');

function inSubnet(host: string, subnet: string): boolean {
  const [address = '', prefix = ''] = subnet.split('/');
  const family = isIP(address);
  const length = Number(prefix);
  if (!family || isIP(host) !== family || !/^\d+$/.test(prefix) || length > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function sameAddress(host: string, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && isIP(host) === family && inSubnet(host, `${address}/${family === 4 ? 32 : 128}`);
}

/** `example.com` and `*.example.com` as Go has them: the first means the name and all below it, `.` and `*.` only below. */
function inDomain(host: string, pattern: string): boolean {
  const domain = pattern.replace(/^\*(?=\.)/, '');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function exempts(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true;
  if (rule.includes('/')) return inSubnet(host, rule);
  if (isIP(withoutBrackets(rule))) return sameAddress(host, withoutBrackets(rule));
  const [, name = rule, rulePort] = /^(.*?)(?::(\d+))?$/.exec(rule) ?? [];
  if (rulePort !== undefined && rulePort !== port) return false;
  const plain = withoutBrackets(name);
  return isIP(plain) ? sameAddress(host, plain) : inDomain(host, plain);
}

/**
 * The proxy through which kubectl would reach `server`, from HTTPS_PROXY, HTTP_PROXY and NO_PROXY (upper case before lower
 * case, loopback never proxied, CIDRs in NO_PROXY); undefined for none.
 * Source: golang.org/x/net/http/httpproxy, `Config.ProxyFunc`.
 */
export function proxyFor(server: URL, env: Environment): string | undefined {
  const proxy = variable(env, server.protocol === 'http:' ? 'http_proxy' : 'https_proxy');
  const host = withoutBrackets(server.hostname);
  if (!proxy || isLoopback(host)) return undefined;
  const rules = (variable(env, 'no_proxy') ?? '').split(',').map((rule) => rule.trim().toLowerCase());
  if (rules.some((rule) => rule !== '' && exempts(rule, host, portOf(server)))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** Go resolves names at a SOCKS proxy, for `socks5` as for `socks5h`; the client library does so only for the latter. */
export const asGoReadsIt = (proxyUrl: string): string => proxyUrl.replace(/^socks5:/i, 'socks5h:');
