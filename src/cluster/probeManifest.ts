import { randomBytes } from 'node:crypto';
import type { Labels, Pod } from '../model/kubernetes.ts';

type PodSpec = NonNullable<Pod['spec']>;

export interface ProbePodSettings {
  namespace: string;
  /** Default `busybox:1.36`: it needs a shell, and nc, wget or curl. */
  image?: string;
  imagePullSecret?: string;
  /** Pins the pod to a node, whatever taints that has. */
  node?: string;
  tolerations?: PodSpec['tolerations'];
  /** Beside our own, where an admission rule demands some. */
  labels?: Labels;
  /** DNS settings of the client in whose place it asks. */
  dns?: Pick<PodSpec, 'dnsPolicy' | 'dnsConfig'>;
  /** Of the run; an annotation, so that the labels are the same in every run and a policy can name them. */
  runId?: string;
  /** After so many seconds the kubelet ends it, come what may. Default 120. */
  lifeSeconds?: number;
}

export const PROBE_IMAGE = 'busybox:1.36';
export const PROBE_CONTAINER = 'probe';
export const PROBE_LIFE_SECONDS = 120;
export const PROBE_LABELS = {
  'app.kubernetes.io/managed-by': 'svc-debug',
  'app.kubernetes.io/name': 'svc-debug-probe',
} as const;

/** Which run created the pod. */
export const RUN_ANNOTATION = 'svc-debug/run';

const NOBODY = 65534;

/** A name that no other run takes. It is fixed before the pod is created, so that a creation in flight can be undone. */
export const probePodName = (): string => `svc-debug-${randomBytes(5).toString('hex')}`;

/** Left out, OpenShift gives a user of the namespace's own range. */
export type WhichUser = 'nobody' | 'given';

/** Level `restricted`: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const container = ({ image, lifeSeconds = PROBE_LIFE_SECONDS }: ProbePodSettings): PodSpec['containers'][number] => ({
  name: PROBE_CONTAINER,
  image: image ?? PROBE_IMAGE,
  imagePullPolicy: 'IfNotPresent',
  command: ['sleep', String(lifeSeconds)],
  // a LimitRange or a quota may demand both; sixty connections side by side need a quarter of the memory
  resources: { requests: { cpu: '25m', memory: '32Mi' }, limits: { cpu: '1', memory: '64Mi' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
});

/** A taint keeps a pod off a node even where it is pinned to it, unless it is tolerated. */
const placing = ({ node, tolerations }: ProbePodSettings): Pick<PodSpec, 'affinity' | 'tolerations'> => ({
  ...(tolerations && { tolerations }),
  ...(node !== undefined && {
    tolerations: [{ operator: 'Exists' }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
        },
      },
    },
  }),
});

/** The probe pod. Its own labels are none that a Service selects by accident, and it holds nothing that outlives `lifeSeconds`. */
export function probePodManifest(name: string, settings: ProbePodSettings, user: WhichUser = 'nobody'): Pod {
  const { namespace, imagePullSecret, labels, dns, runId, lifeSeconds = PROBE_LIFE_SECONDS } = settings;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { ...labels, ...PROBE_LABELS },
      annotations: {
        ...(runId !== undefined && { [RUN_ANNOTATION]: runId }),
        // a sidecar would answer in the Service's place
        'sidecar.istio.io/inject': 'false',
        'linkerd.io/inject': 'disabled',
        'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true',
      },
    },
    spec: {
      activeDeadlineSeconds: lifeSeconds,
      terminationGracePeriodSeconds: 0,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      securityContext: {
        runAsNonRoot: true,
        ...(user === 'nobody' && { runAsUser: NOBODY, runAsGroup: NOBODY }),
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(imagePullSecret !== undefined && { imagePullSecrets: [{ name: imagePullSecret }] }),
      ...placing(settings),
      ...dns,
      containers: [container(settings)],
    },
  };
}
