import { randomUUID } from 'node:crypto';
import type { KubeObject, Metadata } from '../objects.ts';
import { type Resource, resourceOfKind } from './resources.ts';

/** An object before it is stored. */
export type NewObject = Omit<KubeObject, 'metadata'> & {
  metadata: Partial<Metadata> & { name: string };
  [field: string]: unknown;
};

/** The objects of the cluster. What is got from it is its own: it is changed in place, and then `touch`ed. */
export class Store {
  readonly #objects = new Map<string, KubeObject>();
  /** Milliseconds since 1970. */
  readonly #now: () => number;
  #version = 1000;
  /** Something has changed since it was last set to false. */
  changed = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  get version(): string {
    return String(this.#version);
  }

  time = (): string => new Date(Math.floor(this.#now() / 1000) * 1000).toISOString().replace('.000', '');

  get<T extends KubeObject>(kind: string, namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(keyOf(kind, namespace, name)) as T | undefined;
  }

  /** In order of creation. */
  list<T extends KubeObject>(kind: string, namespace?: string): T[] {
    const all = [...this.#objects.values()].filter((object) => object.kind === kind) as T[];
    return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
  }

  byUid(uid: string): KubeObject | undefined {
    return [...this.#objects.values()].find(({ metadata }) => metadata.uid === uid);
  }

  add<T extends KubeObject>(object: NewObject, manager?: string): T {
    const { metadata } = object;
    const time = this.time();
    const added = {
      ...object,
      metadata: {
        ...metadata,
        uid: randomUUID(),
        resourceVersion: '',
        creationTimestamp: time,
        ...(manager && { managedFields: [managed(manager, object.apiVersion, time)] }),
      },
    } as unknown as T;
    this.#objects.set(keyOf(object.kind, metadata.namespace, metadata.name), added);
    this.touch(added);
    return added;
  }

  touch({ apiVersion, metadata }: KubeObject, manager?: string): void {
    this.#version += 1;
    metadata.resourceVersion = String(this.#version);
    this.changed = true;
    if (manager === undefined) return;
    const others = (metadata.managedFields ?? []).filter((entry) => entry.manager !== manager);
    metadata.managedFields = [...others, managed(manager, apiVersion, this.time())];
  }

  /** Puts another content in the place of an object. */
  replace(object: KubeObject, manager?: string): void {
    this.#objects.set(keyOf(object.kind, object.metadata.namespace, object.metadata.name), object);
    this.touch(object, manager);
  }

  remove({ kind, metadata }: KubeObject): void {
    this.changed = this.#objects.delete(keyOf(kind, metadata.namespace, metadata.name)) || this.changed;
  }

  /** Asks for an end: an object with finalizers waits for them. */
  delete(object: KubeObject): void {
    const { metadata } = object;
    if ((metadata.finalizers ?? []).length === 0) this.remove(object);
    else if (!metadata.deletionTimestamp) {
      metadata.deletionTimestamp = this.time();
      this.touch(object);
    }
  }
}

/** Which fields somebody manages is not kept; that there are some, kubectl takes for granted. */
const managed = (manager: string, apiVersion: string, time: string) => ({
  manager,
  operation: 'Update',
  apiVersion,
  time,
  fieldsType: 'FieldsV1',
  fieldsV1: {},
});

const keyOf = (kind: string, namespace: string | undefined, name: string): string => {
  const { namespaced }: Resource = resourceOfKind(kind);
  return `${kind}/${namespaced ? (namespace ?? 'default') : ''}/${name}`;
};

export const controllerOf = ({ metadata }: KubeObject) =>
  metadata.ownerReferences?.find(({ controller }) => controller);

export const ownerReference = ({ apiVersion, kind, metadata }: KubeObject) => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});
