import type { Container } from './kubernetes.ts';

/** What the environment of a container says about HTTP proxies. */
interface ProxySettings {
  /** The variable that names the proxy; its value may hold a password, and is nobody's business. */
  variable: string;
  /** Hosts that are asked directly, as NO_PROXY lists them. */
  direct: readonly string[];
}

const PROXY = /^(http|https|all)_proxy$/i;
const NO_PROXY = /^no_proxy$/i;

/** Undefined where no proxy is set, or where the exceptions stand elsewhere and are not known. */
export function proxySettings({ env = [], envFrom = [] }: Container): ProxySettings | undefined {
  const proxy = env.find(({ name, value }) => PROXY.test(name) && value);
  const exceptions = env.filter(({ name }) => NO_PROXY.test(name));
  const isKnown = exceptions.length > 0 ? exceptions.every(({ valueFrom }) => !valueFrom) : envFrom.length === 0;
  if (!proxy || !isKnown) return undefined;
  const direct = exceptions.flatMap(({ value = '' }) => value.split(/[\s,]+/)).filter((entry) => entry !== '');
  return { variable: proxy.name, direct };
}

/**
 * Whether a host name is asked directly: it is listed, or a domain is that it ends in. Address ranges say nothing of
 * names. As curl and Go have it: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export const isDirect = (host: string, direct: readonly string[]): boolean =>
  direct.some((entry) => {
    const [domain = ''] = entry
      .toLowerCase()
      .replace(/^\*(?=\.)/, '')
      .split(':');
    if (domain === '*') return true;
    return host === domain.replace(/^\./, '') || host.endsWith(domain.startsWith('.') ? domain : `.${domain}`);
  });
