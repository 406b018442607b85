import { createHash } from 'node:crypto';
import type { KubeObject, Labels, Pod, PodSpec, PodTemplate } from '../objects.ts';
import { refusal } from './admission.ts';
import { setDefaults } from './defaults.ts';
import { controllerOf, ownerReference } from './store.ts';
import type { World } from './world.ts';

/** As in `pod-template-hash`: the same for the same template. */
export function templateHash(template: PodTemplate): string {
  const digest = createHash('sha256').update(JSON.stringify(template)).digest();
  return [...digest.subarray(0, 10)].map((byte) => 'bcdfghjklmnpqrstvwxz2456789'[byte % 27]).join('');
}

export const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;

export const isFinished = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed';

export const isLeaving = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;

/** The pods of a workload that are there to stay. */
export const podsOf = ({ store }: World, { metadata }: KubeObject): Pod[] =>
  store
    .list<Pod>('Pod', metadata.namespace)
    .filter((pod) => controllerOf(pod)?.uid === metadata.uid && !isLeaving(pod));

export interface NewPod {
  name: string;
  labels?: Labels;
  spec?: Partial<PodSpec>;
}

/** Makes a pod from the template of its owner. Undefined: admission refuses it, and the owner's events say so. */
export function createPod(
  world: World,
  owner: KubeObject & { spec: { template: PodTemplate } },
  { name, labels, spec }: NewPod,
): Pod | undefined {
  const { template } = owner.spec;
  const { metadata = {} } = template;
  const wanted = structuredClone({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: owner.metadata.namespace ?? 'default',
      labels: { ...metadata.labels, ...labels },
      ...(metadata.annotations && { annotations: metadata.annotations }),
      ...(metadata.finalizers && { finalizers: metadata.finalizers }),
      ownerReferences: [ownerReference(owner)],
    },
    spec: { ...template.spec, ...spec },
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  });
  setDefaults(world, wanted as unknown as Pod);
  const component = `${owner.kind.toLowerCase()}-controller`;
  const why = refusal(world, wanted as unknown as Pod);
  if (why !== undefined) {
    const plain = why.replace(`"${name}"`, `"${name.replace(/[a-z0-9]{5}$/, '')}"`);
    if (!hasFailed(world, owner)) world.event(owner, 'Warning', 'FailedCreate', `Error creating: ${plain}`, component);
    return undefined;
  }
  world.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`, component);
  return world.store.add<Pod>(wanted);
}

const hasFailed = ({ store }: World, { metadata }: KubeObject): boolean =>
  store.list('Event', metadata.namespace).some((event) => {
    const { involvedObject, reason } = event as unknown as { involvedObject: { uid: string }; reason: string };
    return involvedObject.uid === metadata.uid && reason === 'FailedCreate';
  });

/** Sets a status when it is another one. */
export function setStatus(
  { store }: World,
  object: KubeObject & { status?: unknown },
  status: Record<string, unknown>,
): void {
  if (JSON.stringify(object.status) === JSON.stringify(status)) return;
  object.status = status;
  store.touch(object);
}
