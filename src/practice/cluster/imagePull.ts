import type { ContainerSpec } from '../objects.ts';
import { type Image, imageNamed } from '../programs/images.ts';
import type { PodRuntime } from './runtime.ts';

const RETRY_MS = 10_000;

/** `nginx:1.27` as `docker.io/library/nginx:1.27`. */
const fullName = (name: string): string =>
  /^[^/]+\.[^/]+\//.test(name) ? name : `docker.io/${name.includes('/') ? '' : 'library/'}${name}`;

/** The image of a container. One that there is not is waited for as long as the pod is there, and then is undefined. */
export async function pullImage(
  pod: PodRuntime,
  { image: name, name: container }: ContainerSpec,
  wait: (reason: string, message: string) => void,
): Promise<Image | undefined> {
  const image = imageNamed(name);
  if (image) {
    pod.event('Normal', 'Pulled', `Container image "${name}" already present on machine`, container);
    return image;
  }
  const full = fullName(name);
  const why = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`;
  const trouble = `rpc error: code = NotFound desc = ${why}`;
  pod.event('Normal', 'Pulling', `Pulling image "${name}"`, container);
  wait('ErrImagePull', trouble);
  pod.event('Warning', 'Failed', `Failed to pull image "${name}": ${trouble}`, container);
  pod.event('Warning', 'Failed', 'Error: ErrImagePull', container);
  await Promise.race([pod.world.clock.sleep(RETRY_MS), pod.stopped]);
  wait('ImagePullBackOff', `Back-off pulling image "${name}": ErrImagePull: ${trouble}`);
  pod.event('Normal', 'BackOff', `Back-off pulling image "${name}"`, container);
  pod.event('Warning', 'Failed', 'Error: ImagePullBackOff', container);
  await pod.stopped;
  return undefined;
}
