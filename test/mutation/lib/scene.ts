import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadYaml } from '@kubernetes/client-node';
import { parseManifests } from '../../e2e/lib/case.ts';
import type { Service, Thing, Workload } from './objects.ts';
import { selects, services, workloads } from './objects.ts';

/** How a port of the Service is asked: a page, an open connection, or not at all. */
export type Speaks = 'http' | 'tcp' | 'udp';

interface SceneFile {
  service: string;
  /** The Deployment that asks, and where it lives unless beside the Service. */
  client: string;
  clientNamespace?: string;
  /** For each port of the Service, in its order. */
  speaks: Speaks[];
  /** The manifests of a healthy case of test/e2e, where the scene has none of its own. */
  manifestsOf?: string;
}

/** Healthy manifests, and who asks what for. `$NS` stands for the namespace. */
export interface Scene extends Required<Omit<SceneFile, 'manifestsOf'>> {
  name: string;
  objects: Thing[];
}

const CASES = 'test/e2e/cases';

export function loadScenes(directory: string): Scene[] {
  return readdirSync(directory)
    .sort()
    .map((name) => loadScene(directory, name));
}

function loadScene(directory: string, name: string): Scene {
  const file = loadYaml(readFileSync(join(directory, name, 'scene.yaml'), 'utf8')) as SceneFile;
  const own = join(directory, name, 'manifests.yaml');
  const manifests = existsSync(own) ? own : join(CASES, file.manifestsOf ?? '', 'manifests.yaml');
  const objects = parseManifests(readFileSync(manifests, 'utf8')) as Thing[];
  for (const object of objects) if (object.kind !== 'Namespace') object.metadata.namespace ??= '$NS';
  const { service, client, clientNamespace = '$NS', speaks } = file;
  return { name, service, client, clientNamespace, speaks, objects: [...missingNamespaces(objects), ...objects] };
}

function missingNamespaces(objects: readonly Thing[]): Thing[] {
  const there = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
  const used = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  return [...used]
    .filter((name) => !there.has(name))
    .map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
}

/** A copy that may be changed. */
export const copyOf = (scene: Scene): Scene => structuredClone(scene);

export const serviceOf = ({ objects, service }: Scene): Service =>
  services(objects).find(({ metadata }) => metadata.name === service)!;

export const clientOf = ({ objects, client, clientNamespace }: Scene): Workload =>
  workloads(objects).find(({ metadata }) => metadata.name === client && metadata.namespace === clientNamespace)!;

/** The workloads whose pods the Service selects. */
export const backendsOf = (scene: Scene): Workload[] => {
  const { metadata, spec } = serviceOf(scene);
  return workloads(scene.objects).filter(
    (workload) =>
      workload.metadata.namespace === metadata.namespace &&
      selects(spec.selector, workload.spec.template.metadata.labels),
  );
};

/** Workloads that neither ask nor answer. */
export const neighboursOf = (scene: Scene): Workload[] =>
  workloads(scene.objects).filter(
    (workload) =>
      workload !== clientOf(scene) && !backendsOf(scene).includes(workload) && viaExternalName(scene) === '',
  );

/** The Service that an ExternalName of the scene leads to, '' where it is none. */
const viaExternalName = (scene: Scene): string => serviceOf(scene).spec.externalName ?? '';
