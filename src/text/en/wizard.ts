import type { WizardText } from '../wizard.ts';

export const wizard: WizardText = {
  pickService: (namespace) => `Which Service of namespace ${namespace} does not answer?`,
  endpoints: (ready, of) => (of === 0 ? 'no endpoints' : `${ready} of ${of} ready`),
  noEndpoints: 'selects no pod',
  noServices: (namespace) => `There is no Service in namespace ${namespace}`,
  otherNamespace: 'Another namespace: svc-debug -n NAMESPACE',
  whereFrom: 'Ask from inside the cluster. From where? (nothing is created yet)',
  proveIt: 'The API tells the cause. Prove it from inside? (nothing is created yet)',
  consents: (service) =>
    'From there it looks up names and opens connections. Where that leaves something open it also connects to ' +
    `pods of ${service} by port-forward, and asks by exec from one of them, or from a pod that NetworkPolicies admit. ` +
    'All of it goes as you, and stands in your audit log; nothing of yours is changed.',
  places: {
    pod: (name) => `pod ${name}`,
    podNote: (where) => `exec (audited); ${where} names it`,
    client: (name) => name,
    clientNote: 'the client of --from; exec, or a new pod in its place',
    node: (name) => `node ${name}`,
    newPod: 'a new pod beside it',
    newPodNote: (image, namespace) => `${image}, namespace ${namespace}, gone in 2 min`,
    nowhere: 'nowhere',
    nowhereNote: 'API only; ends as "inconclusive"',
    enough: 'no',
    enoughNote: 'what the API says is enough',
  },
  menu: {
    watch: 'watch until it answers',
    evidence: 'evidence',
    report: 'report to paste',
    nodes: 'look at kube-proxy, too (exec)',
    ephemeral: (pod, image) =>
      `ask whether ${pod} reaches itself: an ephemeral container in it (${image}), ended after 60 s, listed there for good`,
    privileged: (nodes, namespace, image, seconds) =>
      `look at ${nodes.join(', ')} with a privileged pod (${image}, namespace ${namespace}, gone in ${seconds} s)`,
    quit: (exitCode) => `quit (exit ${exitCode})`,
  },
  save: {
    where: 'Where to, the report?',
    file: (name) => `the file ${name}`,
    print: 'here, to copy it',
    saved: (name) => `Saved as ${name}`,
    failed: (name, why) => `${name} cannot be written: ${why}`,
  },
  progress: {
    starting: 'Reading the kubeconfig',
    connecting: (context) => `Asking the API server of ${context}`,
    reading: 'Reading the API',
    step: (title) => `Checking that ${title}`,
    pod: (event) => `Probe pod: ${event}`,
    goOn: 'g goes on without it',
    removing: 'Removing the probe pod',
    watching: 'Watching; any key stops it',
    settling: 'Walking again, until it answers or stays as it is',
  },
  cleanup: {
    removed: (pods) => `Removed: ${pods.join(', ')}`,
    nothing: (where) => `Nothing of svc-debug is left ${where}`,
    everywhere: 'in any namespace',
    in: (namespace) => `in namespace ${namespace}`,
    kept: (pod, why) => `Not removed: ${pod}: ${why}`,
    spared: (pods) => `Not touched, since a run may be using it; it ends by itself: ${pods.join(', ')}`,
  },
  watchedFor: (seconds) =>
    seconds < 120 ? `Not green after ${seconds} s.` : `Not green after ${Math.round(seconds / 60)} minutes.`,
  left: (pods) => `Still there: ${pods.join(', ')}. svc-debug cleanup removes it; it ends by itself.`,
};
