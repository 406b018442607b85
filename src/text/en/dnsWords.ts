/** Words for the names of states and outcomes in findings about DNS. */
const ANSWERS: Record<string, string> = {
  nxdomain: 'NXDOMAIN',
  'no-address': 'no address',
  servfail: 'SERVFAIL',
  'refused-query': 'REFUSED',
  timeout: 'no answer',
  'port-refused': 'connection refused',
  'bad-name': 'bad address',
};

/** An outcome of a DNS query as people know it. */
export const spoken = (answer: string): string => ANSWERS[answer] ?? answer;

/** A line of a log after what it explains. */
export const quoted = (line: string): string => (line ? `: ${line}` : '');

/** Why a DNS Service has no ready pods. */
export const STATES: Record<string, (pods: number, detail: string) => string> = {
  'scaled-to-zero': (_pods, detail) => `${detail} is scaled to 0`,
  'no-pods': (_pods, detail) => (detail ? `${detail} has no pods` : 'nothing makes pods for it'),
  selector: (_pods, detail) => `its selector ${detail} does not select the DNS pods that run`,
  pending: (pods, detail) => `its ${pods} pods wait for a node${quoted(detail)}`,
  waiting: (_pods, detail) => detail,
  'not-ready': (pods, detail) => `none of its ${pods} pods is ready${quoted(detail)}`,
};

/** Who gives no answer. */
export const WHO: Record<string, (server: string, answer: string) => string> = {
  service: (server, answer) => `its address ${server} gives ${answer}, while the DNS pods answer when asked directly`,
  'service-port': (server) => `${server} sends queries to a port on which the DNS pods do not listen`,
  'node-local': (server, answer) => `the DNS cache on the node (${server}) gives ${answer}; the DNS Service answers`,
  some: (server, answer) => `${server} answers now and then, and now and then there is ${answer}`,
  all: (server, answer) => `${server || 'the DNS server'} gives ${answer}`,
};

/** Why a name is not found, though others are. */
export const NOT_FOUND: Record<string, (detail: string) => string> = {
  'no-ready-pods': () => 'it is headless, and none of its pods is ready',
  young: () => 'the Service is new, and an older answer may still be cached',
  namespaces: (detail) => `CoreDNS serves only the namespaces ${detail}`,
  other: (detail) =>
    detail ? `lines of the Corefile may answer in its stead: ${detail}` : 'though other names are known',
};

/** Why a name leads elsewhere. */
export const WRONG: Record<string, (detail: string) => string> = {
  cached: () => 'the Service is new, and the address of an earlier one is still cached',
  rollout: () => 'an answer from before its pods were replaced, kept in a cache',
  hosts: (detail) => `the /etc/hosts of the pod says ${detail}`,
  corefile: (detail) => `lines of the Corefile may answer in its stead: ${detail}`,
  other: (detail) => (detail ? `another name fits the search path ${detail}` : 'something answers in its stead'),
};
