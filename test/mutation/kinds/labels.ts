import type { Change, Kind } from '../lib/change.ts';
import { both, capital, set, typo } from '../lib/change.ts';
import type { Labels, Workload } from '../lib/objects.ts';
import { nameOf, namespaces, workloads } from '../lib/objects.ts';
import type { Random } from '../lib/random.ts';
import { backendsOf, clientOf, serviceOf } from '../lib/scene.ts';

/** Every label with another value, another key, or gone. */
function labelChanges(where: string, labels: Labels, random: Random): Change[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    set(where, labels, key, typo(value, random)),
    set(where, labels, key, capital(value)),
    set(where, labels, key, undefined),
    both(set(where, labels, key, undefined), set(where, labels, renamed(key), value)),
  ]);
}

/** `app` for `app.kubernetes.io/name`, and the other way round. */
const renamed = (key: string): string => (key.includes('/') ? key.split('/').at(-1)! : `app.kubernetes.io/${key}`);

/** Labels of a template, and its workload's own selector with them, since the API server wants both to fit. */
function templateLabels(workload: Workload, random: Random): Change[] {
  const { selector, template } = workload.spec;
  const where = `${nameOf(workload)}, spec.template.metadata.labels`;
  const follow = (): Change => ({
    what: '',
    apply: () => {
      for (const key of Object.keys(selector.matchLabels)) {
        const value = template.metadata.labels[key] ?? template.metadata.labels[renamed(key)];
        const now = key in template.metadata.labels ? key : renamed(key);
        delete selector.matchLabels[key];
        if (value !== undefined && now in template.metadata.labels) selector.matchLabels[now] = value;
      }
      if (Object.keys(selector.matchLabels).length === 0) Object.assign(selector.matchLabels, template.metadata.labels);
    },
  });
  return labelChanges(where, template.metadata.labels, random).map((change) => both(change, follow()));
}

const podLabel: Kind = {
  name: 'pod-label',
  title: "a label of the backends' pods",
  blames: ['endpoints/*', 'network-policy/*'],
  changes: (scene, random) => backendsOf(scene).flatMap((workload) => templateLabels(workload, random)),
};

const clientLabel: Kind = {
  name: 'client-label',
  title: "a label of the client's pods",
  blames: ['network-policy/*'],
  changes: (scene, random) => templateLabels(clientOf(scene), random),
};

const selector: Kind = {
  name: 'selector',
  title: "the Service's selector",
  blames: ['endpoints/*'],
  changes: (scene, random) => {
    const service = serviceOf(scene);
    if (!service.spec.selector) return [];
    const others = workloads(scene.objects).filter((workload) => !backendsOf(scene).includes(workload));
    return [
      ...labelChanges('Service, spec.selector', service.spec.selector, random),
      set('Service, spec.selector', service.spec.selector, 'tier', 'production'),
      set('Service, spec', service.spec, 'selector', undefined),
      ...others.map(({ spec }) => set('Service, spec', service.spec, 'selector', { ...spec.selector.matchLabels })),
    ];
  },
};

const namespaceLabel: Kind = {
  name: 'namespace-label',
  title: 'a label of a namespace',
  blames: ['network-policy/*'],
  changes: (scene, random) =>
    namespaces(scene.objects).flatMap((namespace) => {
      const { labels = {} } = namespace.metadata;
      namespace.metadata.labels = labels;
      const where = `${nameOf(namespace)}, metadata.labels`;
      return [...labelChanges(where, labels, random), set(where, labels, 'reviewed', 'yes')];
    }),
};

const metadataLabel: Kind = {
  name: 'metadata-label',
  title: 'a label of an object, not of its pods',
  blames: [],
  changes: (scene, random) =>
    [serviceOf(scene), ...backendsOf(scene)].flatMap((object) => {
      const { labels = {} } = object.metadata;
      object.metadata.labels = labels;
      const where = `${nameOf(object)}, metadata.labels`;
      return [...labelChanges(where, labels, random), set(where, labels, 'app.kubernetes.io/managed-by', 'Helm')];
    }),
};

export const labelKinds = [podLabel, clientLabel, selector, namespaceLabel, metadataLabel];
