/** What the log of a CoreDNS container tells, each the last line of its kind. */
export interface DnsLog {
  /** It forwards to itself, and exits. */
  loop?: string;
  /** It cannot read its Corefile, and exits. */
  corefile?: string;
  /** It cannot read Services from the API server. */
  api?: string;
  /** A server that it forwards to gives no answer. */
  upstream?: string;
  /** The last line that is no routine. */
  last?: string;
}

// Texts: coredns plugin/loop, caddyfile parser, plugin/kubernetes, plugin/errors.
const SIGNS = {
  loop: /plugin\/loop: Loop /,
  // Without a level in brackets: printed before the server starts.
  corefile: /^(?!\[)(?:plugin\/\S+: .+|\S*Corefile:\d+ - .+|.*Error during parsing: .+)$/,
  api: /plugin\/kubernetes: .*(?:Failed to watch|Kubernetes API connection failure|unsynced Kubernetes API|failed to list)/i,
  upstream: /plugin\/errors: \d .*(?:i\/o timeout|connection refused|no route to host|network is unreachable)/,
} as const;

const ROUTINE = /^(?:maxprocs:|CoreDNS-|linux\/|\S*:\d+$|\[INFO\])/;

export function parseDnsLog(text: string): DnsLog {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const last = (sign: RegExp) => lines.findLast((line) => sign.test(line));
  const found = {
    ...Object.fromEntries(Object.entries(SIGNS).map(([kind, sign]) => [kind, last(sign)])),
    last: lines.findLast((line) => !ROUTINE.test(line)),
  };
  return Object.fromEntries(Object.entries(found).filter(([, line]) => line !== undefined));
}
