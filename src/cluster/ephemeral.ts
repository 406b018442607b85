import { randomBytes } from 'node:crypto';
import type { Cluster } from '../model/cluster.ts';
import { type Fact, known, type Obstacle, unknown } from '../model/fact.ts';
import type { Pod } from '../model/kubernetes.ts';
import type { Vantage } from '../model/probe.ts';
import { PROBE_IMAGE } from './probeManifest.ts';
import { refusalOf } from './probeTrouble.ts';
import { REAL_CLOCK } from './probeWait.ts';

const PODS = { group: '', version: 'v1', plural: 'pods' } as const;
/** It ends by itself; its entry stays in the pod as long as the pod does. */
const LIFE_SECONDS = 60;
const START_WITHIN_MS = 20_000;
const POLL_MS = 250;

export interface EnterOptions {
  image?: string;
  signal: AbortSignal;
}

/** Level `restricted`; no more resources than the pod has (they cannot be set). */
const container = (name: string, image: string) => ({
  name,
  image,
  imagePullPolicy: 'IfNotPresent',
  command: ['sleep', String(LIFE_SECONDS)],
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    runAsUser: 65534,
    seccompProfile: { type: 'RuntimeDefault' },
  },
});

/**
 * An ephemeral container in somebody's pod, to ask from the pod's own network: it cannot be removed again.
 * https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
 */
export async function enterPod(cluster: Cluster, vantage: Vantage, options: EnterOptions): Promise<Fact<Vantage>> {
  const { namespace, pod } = vantage;
  const name = `svc-debug-${randomBytes(4).toString('hex')}`;
  const bounded = cluster.within(options.signal);
  const body = { spec: { ephemeralContainers: [container(name, options.image ?? PROBE_IMAGE)] } };
  const ref = { ...PODS, namespace, name: pod };
  const added = await bounded.patch<Pod>(
    { ...ref, subresource: 'ephemeralcontainers' },
    { body, type: 'strategic-merge-patch+json' },
  );
  if (!added.known) return unknown(refusalOf(added.obstacle));
  for (const began = REAL_CLOCK.now(); REAL_CLOCK.now() - began < START_WITHIN_MS; ) {
    await REAL_CLOCK.pause(POLL_MS, options.signal);
    const read = await bounded.get<Pod>(ref);
    if (!read.known) return read;
    const state = read.value?.status?.ephemeralContainerStatuses?.find((one) => one.name === name)?.state;
    if (state?.running) return known({ ...vantage, container: name });
    const failed = state?.terminated ?? state?.waiting;
    if (failed && /Err|BackOff|Invalid/.test(failed.reason ?? '')) return unknown(notStarted(failed.message ?? ''));
  }
  return unknown(notStarted(`not running after ${START_WITHIN_MS / 1000} s`));
}

const notStarted = (message: string): Obstacle => ({
  kind: 'no-probe',
  reason: 'not-running',
  message: `the ephemeral container: ${message}`.slice(0, 300),
});
