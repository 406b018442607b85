/** What kube-proxy says about its own trouble, in the words of 1.28 to 1.36. */
export interface KubeProxyLog {
  mode?: 'iptables' | 'nftables' | 'ipvs';
  /** The deciding line of the last trouble; absent when the log shows none. */
  trouble?: { kind: 'sync-failed' | 'api-unreachable' | 'cannot-start'; line: string };
}

const USING = /Using (iptables|nftables|ipvs) Proxier/;

/** kube-proxy exits after these: it cannot start. */
const CANNOT_START =
  /invalid configuration|Invalid value|must be iptables, ipvs, nftables|is not available on this host|can't use the IPVS proxier|requires kernel|could not find nftables binary|nft version must be|no support for primary IP family|timeout waiting for PodCIDR|failed complete|"command failed"|unable to (?:load|read|create) /i;
const SYNC_FAILED =
  /Failed to execute iptables-restore|Failed to ensure chain|"?Sync failed|nftables sync failed|currently holding the xtables lock/i;
const API_UNREACHABLE = /Failed to watch|failed to list \*v1|Failed to retrieve node info|Unauthorized/i;
/** Printed at every start with the default settings; it is no trouble. */
const HARMLESS = /nodePortAddresses is unset|may be incomplete or incorrect|ipvs proxier is now deprecated/;
/** A sync that went through: what came before it is past. Only logged at -v=2 and above. */
const RECOVERED = /SyncProxyRules complete|Caches are synced/;

/** Reads the last lines of a kube-proxy log. At its usual verbosity it says nothing while all is well. */
export function parseKubeProxyLog(text: string): KubeProxyLog {
  const lines = text.split('\n').filter((line) => line !== '' && !HARMLESS.test(line));
  const mode = lines
    .map((line) => USING.exec(line)?.[1])
    .findLast((found) => found !== undefined) as KubeProxyLog['mode'];
  const recovered = lines.findLastIndex((line) => RECOVERED.test(line));
  const trouble = lines
    .slice(recovered + 1)
    .map(troubleIn)
    .findLast((found) => found !== undefined);
  return { ...(mode && { mode }), ...(trouble && { trouble }) };
}

function troubleIn(line: string): KubeProxyLog['trouble'] {
  const kinds = [
    ['cannot-start', CANNOT_START],
    ['sync-failed', SYNC_FAILED],
    ['api-unreachable', API_UNREACHABLE],
  ] as const;
  const found = kinds.find(([, pattern]) => pattern.test(line));
  return found && { kind: found[0], line: line.trim().slice(0, 400) };
}
