/** Namespaces and clusters in which it is not easy to place a probe, and what is to come of it. */
import {
  CLIENT,
  demandsTeam,
  limitRange,
  mutating,
  type Place,
  policy,
  quota,
  SERVICE,
  SHELLLESS,
  WEB,
} from './objects.ts';
import { taintAll } from './taints.ts';
import { withSidecar } from './webhook.ts';

export interface Expected {
  verdict: 'healthy' | 'broken' | 'inconclusive';
  /** Of the obstacle `no-probe` that is told. */
  reason?: string;
  /** Words of that obstacle, or of whatever stands in its way. */
  says?: RegExp;
  /** Begin of the code of each root cause. */
  cause?: string;
  /** The pod that was asked from; `probe`: one of our own. */
  from?: string;
}

export interface Case {
  name: string;
  short?: boolean;
  labels?: Record<string, string>;
  /** Posted before the Service and its pods; after them with `late`. */
  objects?: readonly object[];
  late?: (namespace: string) => readonly object[];
  /** What reaches beyond the namespace. Gives what takes it back. */
  arrange?: (place: Place) => Promise<() => Promise<void>>;
  pods?: readonly object[];
  args?: readonly string[];
  /** Text of the settings file. */
  settings?: string;
  expected: Expected;
}

const HEALTHY: Expected = { verdict: 'healthy' };
const barred = (reason: string, says: RegExp): Expected => ({ verdict: 'inconclusive', reason, says });
const FROM_CLIENT = ['--from', 'pod/client'];
const ONE_POD = quota({ pods: '1' });
const DNS = {
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};
const DEFAULT_DENY = policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const IMAGES = [
  'busybox:1.36',
  'alpine:3.19',
  'registry.k8s.io/e2e-test-images/agnhost:2.53',
  'curlimages/curl:8.12.1',
  'registry.k8s.io/e2e-test-images/jessie-dnsutils:1.7',
];

export const CASES: readonly Case[] = [
  {
    name: 'Pod Security restricted',
    short: true,
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    expected: HEALTHY,
  },
  {
    name: 'a quota that demands requests and limits',
    objects: [quota({ 'limits.cpu': '4', 'limits.memory': '1Gi', 'requests.cpu': '2' })],
    expected: HEALTHY,
  },
  {
    name: 'a quota that is used up',
    short: true,
    objects: [ONE_POD],
    expected: barred('quota', /exceeded quota: quota/),
  },
  {
    name: 'a quota that is used up, and a client that is there',
    objects: [quota({ pods: '2' })],
    pods: [WEB, CLIENT],
    args: FROM_CLIENT,
    expected: { ...HEALTHY, from: 'client' },
  },
  {
    name: 'a LimitRange with room',
    objects: [limitRange({ max: { memory: '128Mi', cpu: '2' }, default: { memory: '64Mi' } })],
    expected: HEALTHY,
  },
  {
    name: 'a LimitRange with too little room',
    objects: [limitRange({ max: { memory: '40Mi' } })],
    expected: barred('quota', /maximum memory usage per Container is 40Mi/),
  },
  {
    name: 'default-deny',
    objects: [DEFAULT_DENY],
    expected: { verdict: 'broken', cause: 'network-policy/' },
  },
  {
    name: 'default-deny, with a client that is let in',
    objects: [
      DEFAULT_DENY,
      policy('client', {
        podSelector: { matchLabels: { app: 'client' } },
        policyTypes: ['Egress'],
        egress: [DNS, { to: [{ podSelector: {} }] }],
      }),
      policy('web', {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }] }],
      }),
    ],
    pods: [WEB, CLIENT],
    expected: HEALTHY,
  },
  { name: 'a sidecar is put into every pod', short: true, arrange: withSidecar, expected: HEALTHY },
  {
    name: 'a webhook that nobody answers',
    late: (namespace) => [mutating(namespace, { url: 'https://127.0.0.1:1/' })],
    expected: barred('admission', /failed calling webhook/),
  },
  { name: 'every node is tainted', arrange: taintAll, expected: barred('unschedulable', /untolerated taint/) },
  {
    name: 'every node is tainted, and the settings tolerate it',
    arrange: taintAll,
    settings: 'defaults: {tolerations: [{key: hardening, operator: Exists}]}',
    expected: HEALTHY,
  },
  {
    name: 'a registry that cannot be reached',
    short: true,
    args: ['--image', 'registry.invalid/tools/probe:1'],
    expected: barred('image', /registry\.invalid/),
  },
  {
    name: 'labels are demanded',
    short: true,
    late: demandsTeam,
    expected: barred('admission', /every pod needs a label team/),
  },
  {
    name: 'labels are demanded, and the settings have them',
    short: true,
    late: demandsTeam,
    settings: 'defaults: {labels: {team: "on"}}',
    expected: HEALTHY,
  },
  {
    name: 'settings that would make the probe a backend',
    settings: 'defaults: {labels: {app: web}}',
    expected: barred('other', /would make the probe pod a backend/),
  },
  {
    name: 'a client without a shell',
    pods: [WEB, SHELLLESS],
    args: ['--from', 'pod/shellless'],
    expected: { ...HEALTHY, from: 'probe' },
  },
  ...IMAGES.map(
    (image): Case => ({
      name: `image ${image}`,
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      args: ['--image', image],
      expected: HEALTHY,
    }),
  ),
];

export const podsOfCase = ({ pods = [WEB] }: Case): readonly object[] => [...pods, SERVICE];
