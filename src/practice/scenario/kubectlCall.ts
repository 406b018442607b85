import { type Place, patch } from '../api/objects.ts';
import { type Resource, resourceNamed } from '../cluster/resources.ts';
import type { World } from '../cluster/world.ts';
import type { Options } from '../programs/options.ts';

/** Whom managedFields name. */
export const MANAGER = 'kubectl';
export const STRATEGIC = 'strategic-merge-patch+json';

/** One command line, taken apart. */
export interface Call extends Options {
  world: World;
  namespace: string;
  input: string;
}

/** A kind as it is typed. */
export const resource = (name: string): Resource => {
  const found = resourceNamed(name);
  if (!found) throw new Error(`the server doesn't have a resource type "${name}"`);
  return found;
};

/** `KIND NAME` or `KIND/NAME`. */
export function placesOf({ words, namespace }: Call): Place[] {
  const [first = '', ...names] = words;
  const pairs = first.includes('/') ? words.map((word) => word.split('/')) : names.map((name) => [first, name]);
  return pairs.map(([kind = '', name = '']) => placed(resource(kind), namespace, name));
}

export const placed = (of: Resource, namespace: string, name: string): Place => ({
  resource: of,
  namespace: of.namespaced ? namespace : undefined,
  name,
});

export const place = (call: Call): Place => {
  const [first] = placesOf(call);
  if (!first) throw new Error(`kubectl ${call.words.join(' ')}: no object named`);
  return first;
};

export const changed = (call: Call, body: unknown, type = STRATEGIC): void => {
  patch(call.world, place(call), body, type, { manager: MANAGER, subresource: call.flags.get('subresource') });
};
