import type { Kind } from './change.ts';
import type { Service, ServicePort } from './objects.ts';
import { services } from './objects.ts';
import { randomOf } from './random.ts';
import type { Scene, Speaks } from './scene.ts';
import { copyOf, serviceOf } from './scene.ts';

export interface Asked {
  port: number;
  speaks: Speaks;
}

/** A scene with one field changed, and what is asked of it. The same seed draws the same. */
export interface Drawn {
  seed: number;
  kind: Kind;
  scene: Scene;
  what: string;
  /** The port that svc-debug is told to look at; every port unless told. */
  onlyPort?: number;
  asked: Asked[];
}

/** @throws when no scene offers a change of these kinds. */
export function draw(seed: number, scenes: readonly Scene[], kinds: readonly Kind[]): Drawn {
  const random = randomOf(seed);
  const kind = random.pick(kinds);
  const offers = scenes
    .map((pristine) => {
      const scene = copyOf(pristine);
      return { pristine, scene, changes: kind.changes(scene, random).filter(({ idle }) => !idle) };
    })
    .filter(({ changes }) => changes.length > 0);
  if (offers.length === 0) throw new Error(`no scene has what ${kind.name} changes`);
  const { pristine, scene, changes } = random.pick(offers);
  const change = random.pick(changes);
  change.apply();
  const common = { seed, kind, scene, what: `${scene.name}: ${change.what}` };
  const client = random.pick(portsOf(serviceOf(pristine), scene.speaks));
  if (random.below(2) === 0) return { ...common, onlyPort: client.port, asked: [client] };
  return { ...common, asked: portsOf(stillThere(scene) ?? serviceOf(pristine), scene.speaks) };
}

/** The Service under its own name, if the change left it there. */
const stillThere = ({ objects, service }: Scene): Service | undefined =>
  services(objects).find(({ metadata }) => metadata.name === service && metadata.namespace === '$NS');

/** A client that speaks TCP asks with TCP, whatever protocol the Service has now. */
const portsOf = ({ spec }: Service, speaks: readonly Speaks[]): Asked[] =>
  spec.ports
    .map(({ port }: ServicePort, i) => ({ port, speaks: speaks[i] ?? 'tcp' }))
    .filter((asked) => asked.speaks !== 'udp');
