import { clean, linesOf } from './text.ts';

export type ProxyTrouble =
  /** It exits: wrong configuration, missing tool or kernel support. */
  | 'cannot-start'
  /** The kernel, or the tool for it, refuses the rules. */
  | 'sync-failed'
  | 'api-unreachable'
  /** The API server answers, and refuses it: token or RBAC. */
  | 'api-denied'
  /** It looks for a Node object of another name than that of its node. */
  | 'node-unknown';

export interface Trouble {
  kind: ProxyTrouble;
  /** The deciding line of the last time. */
  line: string;
  times: number;
  /** First and last time in a row, milliseconds since 1970; absent where lines carry no time. */
  since?: number;
  last?: number;
}

/** What kube-proxy says about its own trouble, in the words of 1.28 to 1.36. */
export interface KubeProxyLog {
  mode?: 'iptables' | 'nftables' | 'ipvs';
  /** The last trouble that no success followed. A success is only logged at -v=2 and above: look at `last` as well. */
  trouble?: Trouble;
  /** It detects local traffic by a cluster CIDR, and has none. */
  noClusterCidr: boolean;
  /** It logs what it does, and not only what fails: -v=2 or above. */
  verbose: boolean;
}

const USING = /Using (iptables|nftables|ipvs) Proxier/;

/** kube-proxy exits after these. */
const CANNOT_START =
  /invalid configuration|Invalid value|must be iptables, ipvs, nftables|is not available on this host|can't use the IPVS proxier|requires kernel|could not find nftables binary|nft version must be|no support for primary IP family|timeout waiting for PodCIDR|configuration is incorrect|"command failed"|"Error running ProxyServer"|unable to create (?:ipv[46] )?proxier|nf_conntrack_max: permission denied|unknown (?:shorthand )?flag/i;
const SYNC_FAILED =
  /Failed to execute iptables-restore|Failed to ensure chain|nftables sync failed|currently holding the xtables lock|"?Sync failed/i;
const API_DENIED =
  /(?:Failed to watch|failed to list|Failed to retrieve node info).*(?:Unauthorized|is forbidden|cannot (?:list|watch|get) resource)|x509: /i;
const NODE_UNKNOWN = /Failed to retrieve node info.*not found|nodes \\?"[^"]*\\?" not found/i;
const API_UNREACHABLE = /Failed to watch|failed to list \*v1|Failed to retrieve node info/i;

const KINDS: readonly (readonly [ProxyTrouble, RegExp])[] = [
  ['cannot-start', CANNOT_START],
  ['sync-failed', SYNC_FAILED],
  ['api-denied', API_DENIED],
  ['node-unknown', NODE_UNKNOWN],
  ['api-unreachable', API_UNREACHABLE],
];

/** Printed at every start with the usual settings; it is no trouble. */
const HARMLESS = /nodePortAddresses is unset|may be incomplete or incorrect|ipvs proxier is now deprecated/;
/** It came to know the Services again. */
const KNOWS = /Caches are synced/;
const BEGINS = /"?Syncing (?:iptables|nftables|ipvs) rules|"?Syncing (?:ipvs )?rules/i;
/** Comes at the end of every sync, of one that failed as well. */
const ENDS = /SyncProxyRules complete/;
const NO_CLUSTER_CIDR = /no cluster CIDR specified/;

/** Reads the last lines of a kube-proxy log, with the timestamps of the API or without. */
export function parseKubeProxyLog(text: string): KubeProxyLog {
  const entries = entriesOf(text).filter(({ line }) => !HARMLESS.test(line));
  const mode = entries.flatMap(({ line }) => USING.exec(line)?.[1] ?? []).at(-1) as KubeProxyLog['mode'];
  const trouble = troubleIn(entries);
  return {
    ...(mode && { mode }),
    ...(trouble && { trouble }),
    noClusterCidr: entries.some(({ line }) => NO_CLUSTER_CIDR.test(line)),
    verbose: entries.some(({ line }) => BEGINS.test(line) || ENDS.test(line)),
  };
}

interface Entry {
  line: string;
  time?: number;
}

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z /;
const LONGEST_LINE = 2000;

/** A value of several lines stands between `=<` and a line with nothing but `>`; it is made one line. */
function entriesOf(text: string): Entry[] {
  const entries: Entry[] = [];
  let open = false;
  for (const raw of linesOf(text)) {
    const stamp = STAMP.exec(raw)?.[1];
    const line = raw.slice(stamp === undefined ? 0 : (STAMP.exec(raw)?.[0].length ?? 0)).slice(0, LONGEST_LINE);
    const entry = entries.at(-1);
    if (open && entry) {
      if (entry.line.length < LONGEST_LINE) entry.line += ` ${line.trim()}`;
      open = !/^\s*>/.test(line);
    } else if (line.trim() !== '') {
      entries.push({ line: line.trim(), ...(stamp !== undefined && { time: Date.parse(`${stamp}Z`) }) });
      open = /=<\s*$/.test(line);
    }
  }
  return entries;
}

function troubleIn(entries: readonly Entry[]): Trouble | undefined {
  let trouble: Trouble | undefined;
  let failed = false;
  for (const { line, time } of entries) {
    const kind = KINDS.find(([, pattern]) => pattern.test(line))?.[0];
    if (kind) {
      trouble = again(trouble, kind, line, time);
      failed ||= kind === 'sync-failed';
    } else if (BEGINS.test(line)) failed = false;
    else if (isSuccess(line, trouble, failed)) trouble = undefined;
  }
  return trouble;
}

const isSuccess = (line: string, trouble: Trouble | undefined, failed: boolean): boolean =>
  trouble?.kind === 'sync-failed' ? ENDS.test(line) && !failed : KNOWS.test(line);

/** "Sync failed" only says that another line said why. */
const SAYS_LITTLE = /"?Sync failed/;

function again(before: Trouble | undefined, kind: ProxyTrouble, line: string, time: number | undefined): Trouble {
  const same = before?.kind === kind ? before : undefined;
  const keeps = same !== undefined && SAYS_LITTLE.test(line);
  const since = same?.since ?? time;
  return {
    kind,
    line: keeps ? same.line : clean(line, 400),
    times: (same?.times ?? 0) + (keeps ? 0 : 1),
    ...(since !== undefined && { since }),
    ...(time !== undefined && { last: time }),
  };
}
