import type { Cluster } from './cluster.ts';
import type { Fact } from './fact.ts';
import type { ObjectMeta } from './kubernetes.ts';

/** Where a probe runs. The id stands in findings, recordings and JSON: `probe/NAMESPACE/NODE` or `pod/NAMESPACE/NAME`. */
export interface Vantage {
  id: string;
  kind: 'probe' | 'pod' | 'node';
  namespace: string;
  /** Pod in which the questions are asked. */
  pod: string;
  container?: string;
  node?: string;
  labels: NonNullable<ObjectMeta['labels']>;
  /** The client in whose place a pod of ours asks, since it cannot be asked itself. Policies know it by these labels. */
  standsFor?: { pod: string; labels: NonNullable<ObjectMeta['labels']> };
  /** A pod that was at hand where none of ours could be created: nobody says that it is a client. */
  bystander?: true;
}

/** One thing to ask from a vantage point. Names and addresses are validated before they get here. */
export type ProbeQuestion =
  | { ask: 'resolv-conf' }
  /** Through the C library, as a program would: search path, ndots and /etc/hosts count. */
  | { ask: 'lookup'; name: string }
  /** A DNS query. `server`: an address; absent: the resolver of the pod. `name` ends with a dot unless the search path is meant. */
  | { ask: 'nslookup'; name: string; server?: string }
  /** Over HTTP, as a program asks that heeds the proxy variables of its container. Nothing is sent where none is set. */
  | { ask: 'proxied'; name: string; port: number }
  /** Connections to an address, `tries` of them: opens them, and speaks where `speak` says how. */
  | {
      ask: 'connect';
      address: string;
      port: number;
      tries: number;
      /** Absent: open and close, no byte is sent. */
      speak?: { scheme: 'http' | 'https'; path: string; host: string };
      /** Seconds to wait for a connection, and for a word on it; absent: 2 or 3. */
      patienceSeconds?: number;
      /** Seconds over which the tries are spread; 0 or absent: at once. */
      overSeconds?: number;
    };

export interface ResolvConf {
  nameservers: string[];
  search: string[];
  ndots: number;
  options: string[];
}

/**
 * `bad-name`: no address was found, at once: the name does not exist, or the resolver refuses. `unclear`: no resolver
 * answered in time, or the tool does not say. Where there is no getent, `addresses` is the first one only, or none.
 */
export interface Lookup {
  outcome: 'found' | 'bad-name' | 'unclear';
  addresses: string[];
  /** How often it came to nothing before: names are looked up again when they are not found at once. */
  emptyAnswers?: number;
}

export interface DnsAnswer {
  outcome: 'found' | 'nxdomain' | 'servfail' | 'refused-query' | 'no-address' | 'port-refused' | 'timeout' | 'unclear';
  addresses: string[];
  /** Target of a CNAME, without trailing dot. */
  canonicalName?: string;
  server?: string;
  /** How many answers without an address came before this one. A server that gives them at times is at fault, or nslookup is. */
  emptyAnswers?: number;
  durationMs: number;
}

/**
 * How one connection ended.
 * answered: bytes came (or any HTTP status) · closed: opened, then an orderly close without a byte · opened: opened, nothing was said or expected ·
 * hangs: opened, spoken to, silent · refused: RST or ICMP port unreachable · silent: no answer to SYN · reset: RST after it opened ·
 * no-route: host unreachable · bad-name · crashed: the probing tool itself broke, which says nothing about the Service · unclear.
 */
export type ConnectOutcome =
  | 'answered'
  | 'closed'
  | 'opened'
  | 'hangs'
  | 'refused'
  | 'silent'
  | 'reset'
  | 'no-route'
  | 'bad-name'
  | 'crashed'
  | 'unclear';

export interface Attempt {
  outcome: ConnectOutcome;
  durationMs: number;
  httpStatus?: number;
  /** Set when plain HTTP met TLS, or TLS met something else. */
  spoke?: 'tls' | 'not-tls' | 'not-http';
  /** Value of the Location header of a redirect. */
  location?: string;
  /** First 256 characters of the body, control characters removed. */
  body?: string;
}

export interface ConnectAnswer {
  /**
   * In the order in which they ended; may be fewer than asked for. The first try goes alone. Refused, it is repeated a few
   * times only; unanswered within 2 s, it is followed by one batch side by side (3 s each), and by more only if something
   * in that answers. When all that got an answer was refused, what was silent is left out: kernels limit their refusals.
   */
  attempts: Attempt[];
}

/** What a request met by way of the proxy that the container's environment names. */
export interface ProxiedAnswer {
  /** The variable that names it; its value may hold a password, and is not read. */
  variable: string;
  /** Entries of NO_PROXY. */
  direct: string[];
  /** A tool was there to ask with. */
  asked: boolean;
  /** Of the last answer; absent: there was none. */
  status?: number;
  /** What the tool complained of, or ''. */
  words: string;
}

/** The answers, in the order of the questions. `null`: the vantage point has no tool for it, or its answer was lost. */
export interface ProbeAnswers {
  answers: (ResolvConf | Lookup | DnsAnswer | ConnectAnswer | ProxiedAnswer | null)[];
  /** What was found there, such as `busybox-1.36`, `curl`; for the report. */
  tools: string[];
}

/** The answer that belongs to a question. */
export type AnswerTo<Q extends ProbeQuestion> = Q extends { ask: 'resolv-conf' }
  ? ResolvConf
  : Q extends { ask: 'lookup' }
    ? Lookup
    : Q extends { ask: 'nslookup' }
      ? DnsAnswer
      : Q extends { ask: 'proxied' }
        ? ProxiedAnswer
        : ConnectAnswer;

/** A vantage point that can be asked. It may still be starting: every call waits for that, and hands on its obstacle. */
export interface Prober {
  readonly id: string;
  readonly kind: Vantage['kind'];
  /** Where it runs, once it does. */
  vantage(): Promise<Fact<Vantage>>;
  ask(questions: readonly ProbeQuestion[]): Promise<Fact<ProbeAnswers>>;
}

/** Asks questions inside a pod that runs, by exec. */
export type AskFrom = (
  cluster: Cluster,
  vantage: Vantage,
  questions: readonly ProbeQuestion[],
) => Promise<Fact<ProbeAnswers>>;

/** Makes a pod without a shell one that can be asked from: an ephemeral container, which cannot be removed again. */
export type Enter = (vantage: Vantage) => Promise<Fact<Vantage>>;
