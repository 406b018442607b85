type Asked = { pod: string; port: string; asked: number; failures: number; backends: number };

/** Why it fails, as far as the node tells; '' where it was not looked at. */
export type Because = 'port-off' | 'promiscuous' | 'routed' | 'open' | '';

declare module '../../model/finding.ts' {
  interface Findings {
    'hairpin/fails': {
      params: Asked & { slow: number; service: string; node: string; because: Because; link: string; bridge: string };
      remedies: 'port-on' | 'hairpin-mode' | 'look-at-port' | 'look-at-cni' | 'go-around';
    };
  }
  interface Observations {
    'hairpin.reached': Asked;
    'hairpin.failed': Asked & { slow: number };
    /** `anonymous`: no answer says whose it is. Otherwise it never met itself. */
    'hairpin.cannot-tell': Asked & { anonymous: boolean };
    'hairpin.port': { node: string; link: string; bridge: string; hairpin: boolean; promiscuous: boolean };
    'hairpin.routed': { node: string; link: string };
    'hairpin.bridge-netfilter': { node: string; value: string };
    'hairpin.cni': { node: string; types: readonly string[]; hairpinMode: string };
    'hairpin.not-asked': Record<string, never>;
    'hairpin.no-backend': Record<string, never>;
    'hairpin.no-backend-itself': { client: string };
    'hairpin.no-service': Record<string, never>;
    'hairpin.no-cluster-ip': Record<string, never>;
  }
}
