import type { Change, Kind } from '../lib/change.ts';
import { set, typo } from '../lib/change.ts';
import type { Container, Workload } from '../lib/objects.ts';
import { configMaps, nameOf } from '../lib/objects.ts';
import type { Random } from '../lib/random.ts';
import type { Scene } from '../lib/scene.ts';
import { backendsOf, neighboursOf } from '../lib/scene.ts';

const eachPodSpec = (
  scene: Scene,
  changes: (where: string, spec: Workload['spec']['template']['spec'], workload: Workload) => Change[],
): Change[] =>
  backendsOf(scene).flatMap((workload) =>
    changes(`${nameOf(workload)}, spec.template.spec`, workload.spec.template.spec, workload),
  );

const eachContainer = (scene: Scene, changes: (where: string, container: Container) => Change[]): Change[] =>
  eachPodSpec(scene, (where, { containers }) =>
    containers.flatMap((container, i) => changes(`${where}.containers[${i}]`, container)),
  );

function images({ image }: Container, random: Random): string[] {
  const [repository = '', tag = 'latest'] = image.split(':');
  const last = repository.split('/').at(-1)!;
  return [
    `${repository}:${tag}-rc9`,
    `${repository.slice(0, -last.length)}${typo(last, random)}:${tag}`,
    ...['busybox:1.36', 'redis:7', 'nginx:1.27'].filter((other) => other !== image),
  ];
}

const image: Kind = {
  name: 'image',
  title: 'an image: tag, repository, or another program',
  blames: ['pods/*', 'spec/target-port-closed', 'spec/target-port-undeclared'],
  changes: (scene, random) =>
    eachContainer(scene, (where, container) =>
      images(container, random).map((value) => set(where, container, 'image', value)),
    ),
};

const replicas: Kind = {
  name: 'replicas',
  title: 'replicas',
  blames: ['endpoints/scaled-to-zero'],
  changes: (scene) =>
    backendsOf(scene)
      .filter(({ kind }) => kind !== 'DaemonSet')
      .flatMap((workload) => [0, 0, 1, 4].map((value) => set(nameOf(workload), workload.spec, 'replicas', value))),
};

const scheduling: Kind = {
  name: 'scheduling',
  title: 'a node selector, or what is requested of a node',
  blames: ['pods/unschedulable', 'endpoints/no-pods'],
  changes: (scene) => [
    ...eachPodSpec(scene, (where, spec) => [
      set(where, spec, 'nodeSelector', { disk: 'ssd' }),
      set(where, spec, 'nodeSelector', { 'kubernetes.io/os': 'linux' }),
    ]),
    ...eachContainer(scene, (where, container) => [
      set(where, container, 'resources', { requests: { cpu: '640' } }),
      set(where, container, 'resources', { requests: { memory: '900Gi' } }),
      set(where, container, 'resources', { requests: { cpu: '10m' } }),
    ]),
  ],
};

const readinessGate: Kind = {
  name: 'readiness-gate',
  title: 'a readiness gate that nobody opens',
  blames: ['pods/readiness-gate'],
  changes: (scene) =>
    eachPodSpec(scene, (where, spec) => [
      set(where, spec, 'readinessGates', [{ conditionType: 'example.com/registered' }]),
    ]),
};

const account: Kind = {
  name: 'service-account',
  title: 'the ServiceAccount of the pods',
  blames: ['pods/create-failed'],
  changes: (scene) =>
    eachPodSpec(scene, (where, spec, { metadata }) => [set(where, spec, 'serviceAccountName', metadata.name)]),
};

const config: Kind = {
  name: 'config',
  title: 'the name of a ConfigMap or Secret, where it is used or where it is made',
  blames: ['pods/*'],
  changes: (scene, random) => [
    ...configMaps(scene.objects).map((object) =>
      set(`${nameOf(object)}, metadata`, object.metadata, 'name', typo(object.metadata.name, random)),
    ),
    ...eachContainer(scene, (where, { envFrom = [] }) =>
      envFrom.flatMap(({ configMapRef, secretRef }, i) =>
        [configMapRef, secretRef].flatMap((ref) =>
          ref ? [set(`${where}.envFrom[${i}]`, ref, 'name', typo(ref.name, random))] : [],
        ),
      ),
    ),
    ...eachPodSpec(scene, (where, { volumes = [] }) =>
      volumes.flatMap(({ configMap }, i) =>
        configMap ? [set(`${where}.volumes[${i}].configMap`, configMap, 'name', typo(configMap.name, random))] : [],
      ),
    ),
  ],
};

const neighbour: Kind = {
  name: 'neighbour',
  title: 'a workload that has no part in it',
  blames: [],
  changes: (scene, random) =>
    neighboursOf(scene).flatMap((workload) => [
      set(nameOf(workload), workload.spec, 'replicas', 0),
      ...workload.spec.template.spec.containers.flatMap((container, i) =>
        images(container, random).map((value) =>
          set(`${nameOf(workload)}, containers[${i}]`, container, 'image', value),
        ),
      ),
    ]),
};

export const podKinds = [image, replicas, scheduling, readinessGate, account, config, neighbour];
