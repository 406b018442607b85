declare module '../../model/finding.ts' {
  interface Findings {
    'exists/no-namespace': {
      params: { namespace: string; service: string; near: readonly string[]; elsewhere: readonly string[] };
      remedies: 'use-namespace' | 'list';
    };
    'exists/no-service': { params: Missing & { workload?: string }; remedies: 'expose' | 'list' };
    'exists/misspelled': { params: Missing & { near: readonly string[]; workload?: string }; remedies: 'use-name' };
    'exists/in-other-namespace': { params: Missing; remedies: 'use-namespace' };
    'exists/being-deleted': {
      params: { service: string; namespace: string; since: string; finalizers: readonly string[] };
      remedies: 'look-at-finalizers' | 'wait';
    };
    'exists/namespace-terminating': { params: { namespace: string; since: string; detail: string }; remedies: 'look' };
    /** Another object names a Service, or a port of it, that is not there. */
    'exists/dangling-reference': {
      params: { by: string; where: string; names: string; instead: readonly string[]; place: string };
      remedies: 'correct';
    };
    /** `name`: one that a client may ask for in vain; `exists`: there is a Service of the name that the pods are under. */
    'exists/no-member-names': {
      params: { name: string; service: string; subdomain: string; exists: boolean; workload: string };
      remedies: 'use-governing' | 'make-anew';
    };
    /** The client's environment leads requests for `hosts` to an HTTP proxy; `direct`: what it excepts. */
    'exists/client-proxy': {
      params: {
        pod: string;
        container: string;
        variable: string;
        direct: readonly string[];
        hosts: readonly string[];
      };
      remedies: 'set-no-proxy';
    };
    /** A route to the Service whose backends the gateway does not take. */
    'exists/route-unresolved': {
      params: { by: string; reason: string; message: string };
      remedies: 'look-at-route';
    };
  }
  interface Observations {
    'exists.found': { type: string; age: string };
    'exists.headless': Record<string, never>;
    /** `walked`: the Service of this cluster behind it, which the steps after `dns` look at. */
    'exists.external-name': { externalName: string; walked?: string };
    'exists.younger-than-pods': { age: string };
    'exists.younger-than-client': { pod: string; age: string };
    /** `status`: 0 where there was no answer; `words`: what the tool said then. */
    'exists.through-proxy': { url: string; status: number; words: string };
    'exists.client-proxy': { variable: string; direct: readonly string[] };
    'exists.subdomain': { pod: string; subdomain: string };
    'exists.route-status': { by: string; reason: string; message: string };
    'exists.not-found': { service: string; namespace: string };
    'exists.others': { namespace: string; services: readonly string[]; more: number };
    'exists.elsewhere': { service: string; namespaces: readonly string[] };
    'exists.workload': { workload: string; ports: readonly string[] };
    'exists.selects': { service: string; workload: string };
    'exists.refers': { by: string; where: string; names: string };
    'exists.namespaces': { namespace: string; near: readonly string[] };
  }
}

/** What is known of a Service that is not there. */
export type Missing = {
  service: string;
  namespace: string;
  /** Namespaces that have a Service of that name. */
  elsewhere: readonly string[];
  /** Objects that refer to it, as `Ingress/web`. */
  referrers: readonly string[];
};
