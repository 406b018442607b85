/** What stands in every namespace where a probe is tried: a Service that answers, and a client that may be asked from. */
import type { Upstream } from '../lib/upstream.ts';

export interface Place {
  upstream: Upstream;
  namespace: string;
}

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: 65534,
  seccompProfile: { type: 'RuntimeDefault' },
};

const pod = (name: string, command: readonly string[], more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name, team: 'shop' } },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name,
        image: 'busybox:1.36',
        command,
        resources: { requests: { cpu: '5m', memory: '8Mi' }, limits: { cpu: '500m', memory: '32Mi' } },
        securityContext: restricted,
        ...more,
      },
    ],
  },
});

export const WEB = pod('web', ['httpd', '-f', '-p', '8080', '-h', '/tmp'], { ports: [{ containerPort: 8080 }] });
export const CLIENT = pod('client', ['sleep', '86400']);
/** Nothing is found in it, neither a shell nor anything to ask with. */
export const SHELLLESS = pod('shellless', ['/bin/sleep', '86400'], { env: [{ name: 'PATH', value: '/none' }] });
export const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
};

export const quota = (hard: object) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'quota' },
  spec: { hard },
});

export const limitRange = (limit: object) => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'limits' },
  spec: { limits: [{ type: 'Container', ...limit }] },
});

export const policy = (name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec,
});

const ADMISSION = 'admissionregistration.k8s.io/v1';

const ofPodsIn = (namespace: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
});
const CREATED_PODS = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];

/** Pods of the namespace must wear a label `team`. */
export const demandsTeam = (namespace: string): object[] => [
  {
    apiVersion: ADMISSION,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: namespace },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { ...ofPodsIn(namespace), resourceRules: CREATED_PODS },
      validations: [
        {
          expression: "has(object.metadata.labels) && 'team' in object.metadata.labels",
          message: 'every pod needs a label team',
        },
      ],
    },
  },
  {
    apiVersion: ADMISSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: namespace },
    spec: { policyName: namespace, validationActions: ['Deny'] },
  },
];

/** A webhook of our own that is asked for every new pod of the namespace. */
export const mutating = (namespace: string, clientConfig: object): object => ({
  apiVersion: ADMISSION,
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: namespace },
  webhooks: [
    {
      name: 'sidecar.hardening.example',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      timeoutSeconds: 5,
      ...ofPodsIn(namespace),
      rules: CREATED_PODS,
      clientConfig,
    },
  ],
});
