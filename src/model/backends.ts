import type { EndpointSlice, Pod, ServicePort } from './kubernetes.ts';
import { podPortOf, portKey } from './ports.ts';

/** Something that a Service may send a request to: a pod that it selects, or an address in one of its EndpointSlices. */
export interface Backend {
  /** Pod name, or the address where no pod stands behind it. */
  name: string;
  address: string;
  node?: string;
  /** Whether kube-proxy sends it requests: in a slice, and not marked unready (absent means ready). */
  ready: boolean;
  /** Number to dial on the address, by Service port as `80/TCP`; a port that it does not have is absent. */
  ports: Record<string, number>;
}

/** Backends by address, those of the slices first; then selected pods that no slice holds. Addresses of finished pods are left out. */
export function backends(
  servicePorts: readonly ServicePort[],
  slices: readonly EndpointSlice[],
  pods: readonly Pod[],
): Backend[] {
  const found = new Map<string, Backend>();
  for (const slice of slices) {
    if (slice.addressType === 'FQDN') continue;
    for (const { addresses, conditions, targetRef, nodeName } of slice.endpoints ?? []) {
      for (const address of addresses) {
        const before = found.get(address);
        found.set(address, {
          name: targetRef?.name ?? address,
          address,
          ...(nodeName !== undefined && { node: nodeName }),
          ready: (before?.ready ?? false) || (conditions?.ready ?? true),
          ports: { ...before?.ports, ...portsOfSlice(slice, servicePorts) },
        });
      }
    }
  }
  for (const pod of pods) {
    for (const address of addressesOf(pod)) {
      if (!found.has(address)) found.set(address, { ...fromPod(pod, address), ports: portsOfPod(pod, servicePorts) });
    }
  }
  return [...found.values()];
}

/** Pods that have no address yet, and may never get one: what policies will say of them is known all the same. */
export const withoutAddress = (servicePorts: readonly ServicePort[], pods: readonly Pod[]): Backend[] =>
  pods
    .filter((pod) => !pod.status?.podIP)
    .map((pod) => ({ ...fromPod(pod, ''), ports: portsOfPod(pod, servicePorts) }));

const fromPod = (pod: Pod, address: string) => ({
  name: pod.metadata?.name ?? address,
  address,
  ...(pod.spec?.nodeName !== undefined && { node: pod.spec.nodeName }),
  ready: false,
});

function addressesOf(pod: Pod): string[] {
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return [];
  return pod.status?.podIP ? [pod.status.podIP] : [];
}

/** A slice serves a Service port of the same name and protocol; an unnamed port has the name ''. */
function portsOfSlice(slice: EndpointSlice, servicePorts: readonly ServicePort[]): Record<string, number> {
  const pairs = servicePorts.flatMap((servicePort) => {
    const match = slice.ports?.find(
      ({ name, protocol }) =>
        (name ?? '') === (servicePort.name ?? '') && (protocol ?? 'TCP') === (servicePort.protocol ?? 'TCP'),
    );
    return match?.port ? [[portKey(servicePort), match.port] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function portsOfPod(pod: Pod, servicePorts: readonly ServicePort[]): Record<string, number> {
  const pairs = servicePorts.flatMap((servicePort) => {
    const number = podPortOf(pod, servicePort);
    return number === undefined ? [] : [[portKey(servicePort), number] as const];
  });
  return Object.fromEntries(pairs);
}
