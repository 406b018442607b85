type Selecting = {
  /** The selector, as `app=web,tier=front`. */
  selector: string;
};

declare module '../../model/finding.ts' {
  interface Findings {
    'endpoints/selector-mismatch': {
      params: Selecting & {
        workload: string;
        pods: number;
        /** What keeps them apart, as `app=hostname` and what the pods have instead; '' where they have nothing. */
        wanted: readonly string[];
        found: readonly string[];
        /** Workloads that the changed selector would select as well. */
        also: readonly string[];
      };
      remedies: 'change-selector' | 'label-pods';
    };
    'endpoints/labels-on-workload-only': {
      params: Selecting & { workload: string; labels: string };
      remedies: 'label-template' | 'change-selector';
    };
    'endpoints/pods-in-other-namespace': {
      params: Selecting & { namespace: string; namespaces: readonly string[]; workload: string; pods: number };
      remedies: 'expose-there' | 'alias';
    };
    /** `workload`: the one whose template fits, and that has no pods. */
    'endpoints/no-pods': {
      params: Selecting & { workload?: string; wanted: number; nodeSelector: string };
      remedies: 'look-at-workload' | 'list-pods';
    };
    'endpoints/scaled-to-zero': { params: Selecting & { workload: string }; remedies: 'scale' };
    'endpoints/only-finished-pods': {
      params: Selecting & { pods: readonly string[]; failed: number; workloads: readonly string[] };
      remedies: 'look-at-workload';
    };
    'endpoints/all-terminating': {
      params: Selecting & { pods: readonly string[]; since: string; finalizers: readonly string[] };
      remedies: 'look-at-pods';
    };
    'endpoints/selects-other-app': {
      params: Selecting & { others: readonly string[]; own: readonly string[]; port: string };
      remedies: 'narrow-selector' | 'change-selector' | 'compare';
    };
    'endpoints/no-selector-no-slices': {
      /** `endpointsObject`: a v1 Endpoints object of that name is there, and not mirrored. `emptySlices`: slices without an address. */
      params: {
        endpointsObject: boolean;
        /** Why not: the label skip-mirror, or the mark of a leader election; '' where nothing says. */
        unmirrored: 'label' | 'leader' | '';
        emptySlices: readonly string[];
        workload?: string;
      };
      remedies: 'add-selector' | 'create-slice';
    };
    'endpoints/slice-not-linked': { params: { slice: string; label: string }; remedies: 'link-slice' };
    'endpoints/slice-port-name': {
      params: { port: string; name: string; slice: string; has: readonly string[] };
      remedies: 'rename-port';
    };
    /** kube-proxy reads nothing from the slice, for another reason than its ports. */
    'endpoints/slice-ignored': { params: { slice: string; reason: string; value: string }; remedies: 'look-at-slice' };
    'endpoints/dead-address': {
      params: {
        port: string;
        addresses: readonly string[];
        slices: readonly string[];
        failure: string;
        /** Cluster IP of this other Service. */
        serviceOf?: string;
        /** Somebody else than the endpoint controller made the slice, though the Service has a selector. */
        leftover: boolean;
      };
      remedies: 'delete-slice' | 'correct-address';
    };
    'endpoints/controller-stale': {
      params: { missing: readonly string[]; gone: readonly string[]; noSlice: boolean };
      remedies: 'look-at-controller';
    };
    /** Ready pods that are left out of the slices, since their Node object does not exist. */
    'endpoints/node-gone': { params: { pods: readonly string[]; nodes: readonly string[] }; remedies: 'delete-pods' };
    'endpoints/none-ready': { params: { notReady: number; terminating: number }; remedies: never };
    'endpoints/no-ports': { params: { port: string; name: string; addresses: number }; remedies: never };
  }
  interface Observations {
    'endpoints.selected': Selecting & { pods: number };
    'endpoints.slices': { slices: number; ready: number; notReady: number; terminating: number };
    'endpoints.labels': { workload: string; labels: string };
    'endpoints.workload': { workload: string; wanted: number };
    'endpoints.elsewhere': Selecting & { namespaces: readonly string[] };
    'endpoints.finished': { pods: readonly string[]; phase: string };
    'endpoints.terminating': { pods: readonly string[]; since: string };
    'endpoints.workloads': { workloads: readonly string[] };
    'endpoints.not-listed': { pods: readonly string[] };
    'endpoints.slice': { slice: string; manager: string; ports: readonly string[] };
    'endpoints.foreign-slice': { slice: string; manager: string };
    'endpoints.unanswered': { address: string; port: number; failure: string };
    'endpoints.fallback': { count: number };
    /** `mirrored`: they are copied from an Endpoints object, which is cut off at that number. */
    'endpoints.over-capacity': { listed: number; mirrored: boolean };
    'endpoints.by-hand': { addresses: number };
    'endpoints.external-name': Record<string, never>;
    'endpoints.no-service': Record<string, never>;
  }
}
