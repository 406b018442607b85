/** What the wizard says and asks, beside the report itself. */
export interface WizardText {
  pickService: (namespace: string) => string;
  /** Beside a Service in the list. `of`: endpoints, ready or not; undefined: it needs none, or they could not be read. */
  endpoints: (ready: number, of: number) => string;
  noEndpoints: string;
  noServices: (namespace: string) => string;
  otherNamespace: string;
  /** The one question: consent, and the vantage point. */
  whereFrom: string;
  /** The same, where the API alone tells the cause already. */
  proveIt: string;
  /** What the answer consents to, whichever place it names; said before the question. */
  consents: (service: string) => string;
  places: {
    /** An existing pod, which `where` (such as `env API_URL`) shows to be a client. */
    pod: (name: string) => string;
    podNote: (where: string) => string;
    client: (name: string) => string;
    clientNote: string;
    node: (name: string) => string;
    newPod: string;
    newPodNote: (image: string, namespace: string) => string;
    nowhere: string;
    nowhereNote: string;
    /** Where the API alone tells the cause already. */
    enough: string;
    enoughNote: string;
  };
  menu: {
    watch: string;
    evidence: string;
    report: string;
    nodes: string;
    /** A container of ours in that pod, which cannot be removed again. */
    ephemeral: (pod: string, image: string) => string;
    /** A pod of ours on these nodes, which may read everything there. */
    privileged: (nodes: readonly string[], namespace: string, image: string, seconds: number) => string;
    quit: (exitCode: number) => string;
  };
  save: {
    where: string;
    file: (name: string) => string;
    print: string;
    saved: (name: string) => string;
    failed: (name: string, why: string) => string;
  };
  progress: {
    starting: string;
    connecting: (context: string) => string;
    reading: string;
    step: (title: string) => string;
    pod: (event: string) => string;
    /** What the key does while a pod does not start. */
    goOn: string;
    removing: string;
    watching: string;
    /** After a change, for a short while. */
    settling: string;
  };
  cleanup: {
    removed: (pods: readonly string[]) => string;
    nothing: (where: string) => string;
    everywhere: string;
    in: (namespace: string) => string;
    kept: (pod: string, why: string) => string;
    spared: (pods: readonly string[]) => string;
  };
  /** Nothing turned green within the time; in front of what is known by then. */
  watchedFor: (seconds: number) => string;
  /** A pod of ours is still there, and may be for a while. */
  left: (pods: readonly string[]) => string;
}
