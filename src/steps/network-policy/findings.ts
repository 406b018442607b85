/** A rule that nearly lets the client in. Empty `hint`: none does. */
export type HintParams = {
  /** As Hint['kind'] in the model. */
  hint: string;
  /** The policy that it is about, and the number of its rule, from 1. */
  hintPolicy: string;
  hintRule: number;
  /** What stands there, and what would have to. */
  listed: string;
  wanted: string;
  /** podSelector and namespaceSelector stand in one item, and only one of them matches: both must. */
  both: boolean;
};

type Denied = HintParams & {
  /** As `shop/web`. */
  service: string;
  port: string;
  podPort: number;
  /** As `shop/deny-all`. */
  policies: readonly string[];
  /** Who is not let through; '' when nobody is. */
  client: string;
  /** Labels of whom the remedy lets through. */
  meant: string;
  /** Of so many backends. */
  backends: readonly string[];
  of: number;
};

declare module '../../model/finding.ts' {
  interface Findings {
    /** Of the DNS pods as well: it then breaks the link dns-policy. */
    'network-policy/ingress-denied': { params: Denied; remedies: AdmitRemedy | 'open-dns' };
    'network-policy/egress-denied': { params: Denied; remedies: AdmitRemedy };
    'network-policy/dns-egress-denied': {
      params: HintParams & {
        policies: readonly string[];
        client: string;
        meant: string;
        server: string;
        podPort: number;
      };
      remedies: AdmitRemedy;
    };
    /** The probe is not admitted, others are. */
    'network-policy/probe-denied': {
      params: {
        port: string;
        direction: 'ingress' | 'egress' | 'dns';
        policies: readonly string[];
        /** Whom the rules admit, in words of selectors. */
        admits: readonly string[];
        /** Existing pods that are admitted, as `shop/web-1`. */
        pods: readonly string[];
        /** The one of them that was asked instead; '' when none could be. */
        asked: string;
      };
      remedies: 'ask-from';
    };
    'network-policy/not-enforced': {
      params: { port: string; direction: 'ingress' | 'egress' | 'dns'; policies: readonly string[]; client: string };
      remedies: never;
    };
    'network-policy/not-evaluated': {
      params: { kind: string; policies: readonly string[] };
      remedies: 'look-at-policy';
    };
  }
  interface Observations {
    'network-policy.none': { namespace: string };
    'network-policy.nothing-to-reach': { namespace: string; service: string };
    'network-policy.free': { port: string; policies: number };
    'network-policy.admitted': { port: string; client: string; policy: string; rule: number };
    'network-policy.isolated': { policies: readonly string[]; direction: 'ingress' | 'egress'; pod: string };
    'network-policy.reach': { address: string; port: number; failure: string; answered: number; asked: number };
    'network-policy.client-labels': { pod: string; labels: string };
  }
}

/**
 * add-port: one line more in a rule that is there. add-policy: a policy of its own for this client and these backends;
 * add-wide-policy: for the whole namespace, since there is no label to know the client by.
 */
type AdmitRemedy = 'add-port' | 'add-policy' | 'add-wide-policy';
