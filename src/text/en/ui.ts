import type { Act } from '../../model/acts.ts';
import type { Ui } from '../ui.ts';
import { listed } from './words.ts';

const on = (node: string | undefined) => (node ? ` on node ${node}` : '');

const fail = (count: number): string => (count === 1 ? 'fails' : 'fail');

const ACTED: Record<Act['verb'], string> = {
  create: 'created',
  patch: 'changed',
  delete: 'removed',
  exec: 'ran commands in',
  'port-forward': 'forwarded a port of',
};

export const ui: Ui = {
  labels: {
    cause: (number, of) => (of > 1 ? `CAUSE ${number}` : 'CAUSE'),
    proof: 'PROOF',
    now: 'DO NOW',
    later: 'LATER',
    more: 'MORE',
    also: 'ALSO',
    unseen: 'UNSEEN',
    healthy: 'HEALTHY',
    unclear: 'UNCLEAR',
    open: 'OPEN',
    answer: 'TO KNOW',
    stopped: 'STOPPED',
    warning: 'WARNING',
    role: 'ROLE',
    acted: 'DID',
  },
  head: { headless: 'headless', server: (version) => `(${version})` },
  api: {
    fault: (seconds, says) => `${seconds}  API read: ${says}`,
    noCause: (seconds, fine, seen) => {
      const said = [...(fine.length > 0 ? [`${fine.join(', ')} fine`] : []), ...(seen ? [seen] : [])];
      return `${seconds}  API read${said.length > 0 ? `: ${said.join('; ')}` : ''}. No cause yet`;
    },
  },
  ending: {
    hence: (says) => `Hence: ${says}`,
    alsoFail: (steps) => `That is why ${listed(steps)} ${fail(steps.length)}.`,
    or: (remedy) => `or ${remedy}`,
    explain: 'why this breaks the Service, and how to prove it by hand:',
    healthy: (service, { ports, opens, byName, byAddress, from }) => {
      const ways = [...(byName ? ['by name'] : []), ...(byAddress ? ['by cluster IP'] : [])];
      const does = opens ? 'accepts connections' : 'answers';
      return `${[service, does, ...(ports.length ? [`on ${listed(ports)}`] : []), listed(ways)].filter(Boolean).join(' ')}, from ${listed(from)}.`;
    },
    reach: (failed, of) => `New connections: ${failed} of ${of} failed.`,
    took: (seconds) => `(${seconds})`,
    nothingFailed: 'No request failed, but what stayed unknown may hold the cause.',
    nothingAsked: 'Nothing was asked from inside the cluster, and the API alone shows no cause.',
    stopped: 'Stopped before the end. This is what was known by then.',
    noAccess: 'Without access nothing else was looked at.',
    openConnections: 'connections already open',
    otherNodes: (nodes) => `nodes other than ${listed(nodes)}`,
    more: (count) => `and ${count} more (-v)`,
    role: 'this would allow what was refused; apply it, and bind it to yourself:',
    left: (pod, why, lifeSeconds) =>
      `Still there: pod ${pod}; ${why}. Nothing in it runs beyond ${lifeSeconds} s from its start; the finished pod stays until somebody who may delete it runs:`,
    roleToRemove: 'This would have allowed it; apply it, and bind it to yourself:',
    acted: ({ verb, resource, namespace, name }) =>
      `${ACTED[verb]} ${resource.replace(/^pods$/, 'pod')} ${namespace}/${name}`,
    inFull: '(-v tells each in full)',
  },
  from: {
    probe: (_name, node) => `a probe pod${on(node)}`,
    pod: (name, node) => `pod ${name}${on(node)}`,
    node: (name, node) => `node ${node ?? name}`,
  },
  evidence: {
    rootCause: 'root cause',
    symptom: (of) => `follows from ${listed(of)}`,
    none: 'Nothing was found.',
  },
  explain: {
    foundBy: (step, title) => `found by the step ${step}, "${title}"`,
    why: 'WHY',
    prove: 'PROVE',
    mend: 'MEND',
    page: 'PAGE',
  },
  report: {
    title: (service, verdict) => `svc-debug: ${service} ${verdict}`,
    verdicts: {
      healthy: 'is healthy',
      broken: 'is broken',
      inconclusive: 'is not decided',
      'no-access': 'could not be looked at',
    },
    ran: (version, startedAt, seconds, requests) =>
      `svc-debug ${version}, started ${startedAt}, took ${seconds}, ${requests} API requests`,
    asked: (from) => (from.length > 0 ? `asked from ${listed(from)}` : 'nothing was asked from inside the cluster'),
    cause: 'Cause',
    proof: 'Proof',
    remedy: 'What mends it',
    trail: 'Checklist',
    findings: 'Other findings',
    unseen: 'Not checked',
    help: 'Help',
    links: [
      { says: 'Kubernetes forum', address: 'https://discuss.kubernetes.io' },
      { says: 'Kubernetes Slack', address: 'https://slack.kubernetes.io' },
      { says: 'Kubernetes issues', address: 'https://github.com/kubernetes/kubernetes/issues' },
    ],
  },
};
