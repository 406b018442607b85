declare module '../../model/finding.ts' {
  interface Findings {
    'dns/no-dns-service': { params: { namespace: string; service: string }; remedies: 'install-dns' };
    'dns/no-ready-dns-pods': {
      params: {
        service: string;
        /** selector: they are there, and the Service does not select them. */
        state: 'scaled-to-zero' | 'no-pods' | 'selector' | 'pending' | 'waiting' | 'not-ready';
        pods: number;
        /** In the words of the scheduler, the kubelet or the log; '' when there are none. */
        detail: string;
      };
      remedies: 'scale-up' | 'look-at-pods' | 'correct-selector';
    };
    'dns/dns-pods-crash': {
      params: { pods: readonly string[]; of: number; restarts: number; exit: string; line: string };
      remedies: 'look-at-pods';
    };
    'dns/corefile-invalid': { params: { pods: readonly string[]; line: string }; remedies: 'edit-corefile' };
    'dns/corefile-loop': { params: { pods: readonly string[]; line: string }; remedies: 'forward-elsewhere' };
    'dns/zone-not-served': {
      params: {
        zone: string;
        served: readonly string[];
        answer: string /** Whether the Corefile was read. */;
        read: boolean;
      };
      remedies: 'serve-zone' | 'align-domain';
    };
    'dns/server-failure': {
      params: { name: string; answer: string; upstream: boolean; line: string };
      remedies: 'read-log' | 'mend-upstream';
    };
    'dns/no-answer': {
      params: {
        name: string;
        server: string;
        answer: string;
        /**
         * service: the address of the DNS Service, though its pods answer; service-port: it sends queries to a port where
         * they do not listen; node-local: the cache on the node; some: now and then; pod: that pod alone; all of them.
         */
        who: 'service' | 'service-port' | 'node-local' | 'some' | 'pod' | 'all';
      };
      remedies: 'look-at-pods' | 'look-at-node-local' | 'send-to-53';
    };
    'dns/wrong-nameserver': { params: NameserverParams; remedies: 'set-cluster-dns' | 'set-dns-config' };
    'dns/client-dns-policy': {
      params: NameserverParams & { policy: string; hostNetwork: boolean };
      remedies: 'set-dns-policy' | 'set-dns-config';
    };
    'dns/no-search-path': {
      params: { name: string; search: readonly string[]; missing: string; policy: string };
      remedies: 'set-dns-config' | 'use-full-name';
    };
    'dns/low-ndots': { params: { name: string; ndots: number; from: string }; remedies: 'set-dns-config' };
    'dns/wrong-answer': {
      params: {
        name: string;
        answered: readonly string[];
        expected: readonly string[];
        /**
         * cached: the Service is new and an old answer lives on; rollout: so are the pods of a headless one; hosts: /etc/hosts; corefile:
         * a plugin answers in its stead; other.
         */
        reason: 'cached' | 'rollout' | 'hosts' | 'corefile' | 'other';
        detail: string;
      };
      remedies: 'wait' | 'remove-host-alias' | 'edit-corefile' | 'use-full-name';
    };
    'dns/name-not-found': {
      params: {
        name: string;
        answer: string;
        /** no-ready-pods: of a headless Service; young: it was made a moment ago; namespaces: the Corefile leaves it out; other. */
        reason: 'no-ready-pods' | 'young' | 'namespaces' | 'other';
        detail: string;
      };
      remedies: 'wait' | 'edit-corefile';
    };
    'dns/external-name-unresolved': {
      params: { name: string; target: string; answer: string };
      remedies: 'correct-external-name';
    };
    'dns/external-name-is-ip': { params: { name: string; address: string }; remedies: 'service-without-selector' };
  }
  interface Observations {
    'dns.nothing-to-resolve': { namespace: string; service: string };
    'dns.names-resolve': {
      names: readonly string[];
      full: string;
      addresses: readonly string[];
      server: string;
    };
    'dns.resolves': { name: string; addresses: readonly string[]; server: string };
    'dns.fails': { name: string; answer: string; server: string };
    'dns.resolv-conf': { nameservers: readonly string[]; search: readonly string[]; ndots: number };
    'dns.servers': { address: string; ready: number; pods: number };
    'dns.no-service': { namespace: string; service: string };
    'dns.pod': { pod: string; state: string; restarts: number };
    'dns.log': { pod: string; line: string };
    'dns.corefile': { zones: readonly string[] };
    'dns.client-pod': { pod: string; policy: string; hostNetwork: boolean };
    /** In the kubelet's words. */
    'dns.truncated': { message: string };
    'dns.expected': { addresses: readonly string[] };
  }
}

type NameserverParams = { pod: string; nameservers: readonly string[]; expected: readonly string[] };
