import type { Act } from '../model/acts.ts';
import type { Vantage } from '../model/probe.ts';

/** The interface's own words: whatever is said that no finding, observation or obstacle says. */
export interface Ui {
  /** Headings of the ending; at most seven characters, since they share a column. */
  labels: {
    /** `of`: how many causes there are. */
    cause: (number: number, of: number) => string;
    proof: string;
    now: string;
    later: string;
    more: string;
    also: string;
    unseen: string;
    healthy: string;
    unclear: string;
    open: string;
    answer: string;
    stopped: string;
    warning: string;
    role: string;
    acted: string;
  };
  head: { headless: string; server: (version: string) => string };
  /** What the API alone tells; `seconds` such as `0.6 s`. */
  api: {
    fault: (seconds: string, says: string) => string;
    /** `seen`: what the endpoints came to. */
    noCause: (seconds: string, fine: readonly string[], seen: string | undefined) => string;
  };
  ending: {
    /** In front of what a cause entails. */
    hence: (says: string) => string;
    /** Steps that fail for the same cause. */
    alsoFail: (steps: readonly string[]) => string;
    /** In front of the second and third way out. */
    or: (remedy: string) => string;
    explain: string;
    healthy: (
      service: string,
      how: { ports: readonly string[]; opens: boolean; byName: boolean; byAddress: boolean; from: readonly string[] },
    ) => string;
    reach: (failed: number, of: number) => string;
    took: (seconds: string) => string;
    nothingFailed: string;
    nothingAsked: string;
    stopped: string;
    noAccess: string;
    openConnections: string;
    otherNodes: (nodes: readonly string[]) => string;
    more: (count: number) => string;
    /** In front of the Roles that would let it see what it was refused. */
    role: string;
    /** A pod of ours that could not be removed, as `NAMESPACE/NAME`; in front of the command that removes it. */
    left: (pod: string, why: string, lifeSeconds: number) => string;
    /** In front of the Roles that would let it remove what it created. */
    roleToRemove: string;
    /** What was done in the cluster, beside reading. */
    acted: (act: Act) => string;
    /** Below causes that have one line each. */
    inFull: string;
  };
  /** Where it was asked from. */
  from: Record<Vantage['kind'], (name: string, node: string | undefined) => string>;
  evidence: { rootCause: string; symptom: (of: readonly string[]) => string; none: string };
  explain: { foundBy: (step: string, title: string) => string; why: string; prove: string; mend: string; page: string };
  report: {
    title: (service: string, verdict: string) => string;
    verdicts: Record<'healthy' | 'broken' | 'inconclusive' | 'no-access', string>;
    ran: (version: string, startedAt: string, seconds: string, requests: number) => string;
    asked: (from: readonly string[]) => string;
    cause: string;
    proof: string;
    remedy: string;
    trail: string;
    findings: string;
    unseen: string;
    help: string;
    /** Where people answer. */
    links: readonly { says: string; address: string }[];
  };
}
