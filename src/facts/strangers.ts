import { known } from '../model/fact.ts';
import type { Labels, Pod, Service, ServicePort } from '../model/kubernetes.ts';
import { stableLabels } from '../model/labels.ts';
import { nearNames } from '../model/nearNames.ts';
import { declaredPorts, podPortOf } from '../model/ports.ts';
import { hasSelector } from '../model/selector.ts';
import type { Target } from '../model/target.ts';
import { workloadOf } from '../model/workload.ts';
import type { Question } from './facts.ts';
import { selectedPods, theService } from './pods.ts';
import { workloadsIn } from './workloads.ts';

/** A Service whose pods all belong to another application than the one it is named after. */
export interface Strangers {
  /** Whose pods are selected, as `Deployment/db`. */
  selected: string[];
  /** The workload of the Service's name, none of whose pods is selected. */
  expected: string;
  /** What makes the selector fit that one, as a merge patch of `spec.selector`. */
  patch: Record<string, string | null>;
}

/**
 * Whether the selector finds only strangers: no selected pod, by its workload or the labels by which applications are
 * named, has anything of the Service's name or declares its port, and a workload of its very name that may is not among
 * them. `null`: no. A suspicion: Services need not be named after what they select.
 */
export const strangersOf = (target: Target): Question<Strangers | null> => ({
  key: `strangers among the pods of ${target.namespace}/${target.service}`,
  ask: async ({ facts }) => {
    const [service, pods] = await Promise.all([theService(facts, target), facts.ask(selectedPods(target))]);
    if (!service.known) return service;
    if (!pods.known) return pods;
    const { items } = pods.value;
    if (!hasSelector(service.value.spec?.selector) || items.length === 0) return known(null);
    if (items.some((pod) => isAkin(target.service, pod))) return known(null);
    const workloads = await facts.ask(workloadsIn(target.namespace));
    if (!workloads.known) return workloads;
    const ports = service.value.spec?.ports ?? [];
    const expected = workloads.value.items.find(
      ({ name, podSpec }) => isMeant(target.service, name) && ports.every((port) => mayServe({ spec: podSpec }, port)),
    );
    if (!expected || items.some((pod) => ports.every((port) => mayServe(pod, port)))) return known(null);
    const selected = [...new Set(items.map(workloadOf).map(({ kind, name }) => `${kind}/${name}`))];
    return known({
      selected,
      expected: `${expected.kind}/${expected.name}`,
      patch: patchTo(service.value, expected.templateLabels),
    });
  },
});

/** The very name, or a slip of the finger from it. */
const isMeant = (service: string, name: string): boolean =>
  name === service || nearNames(service, [name])[0]?.how === 'spelling';

/** Whether the containers declare what the Service port means, or declare nothing, which says nothing. */
function mayServe(pod: Pick<Pod, 'spec'>, port: ServicePort): boolean {
  const declared = declaredPorts(pod);
  const number = podPortOf(pod, port);
  return (
    number !== undefined && (declared.length === 0 || declared.some(({ containerPort }) => containerPort === number))
  );
}

/** Labels by which applications and their parts are told apart. */
export const IDENTITY_LABELS = [
  'app.kubernetes.io/name',
  'app.kubernetes.io/component',
  'app',
  'k8s-app',
  'name',
  'run',
  'component',
  'tier',
  'role',
];

function isAkin(service: string, pod: Pod): boolean {
  const labels = pod.metadata?.labels ?? {};
  const names = [workloadOf(pod).name, ...IDENTITY_LABELS.flatMap((key) => labels[key] ?? [])];
  return names.includes(service) || nearNames(service, names).length > 0;
}

function patchTo({ spec }: Service, labels: Labels): Record<string, string | null> {
  const wanted = stableLabels(labels);
  const dropped = Object.keys(spec?.selector ?? {}).filter((key) => wanted[key] === undefined);
  return { ...Object.fromEntries(dropped.map((key) => [key, null])), ...wanted };
}
