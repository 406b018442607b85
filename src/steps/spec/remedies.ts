import { kubectl } from '../../model/command.ts';
import type { Remedy } from '../../model/finding.ts';
import type { Service, ServicePort } from '../../model/kubernetes.ts';
import type { Target } from '../../model/target.ts';

interface Operation {
  op: 'replace' | 'add' | 'remove' | 'test';
  path: string;
  value?: unknown;
}

/** A JSON patch of the Service: as a command, and for svc-debug to apply. `guard`: what must still hold then. */
export function patchRemedy<R extends string>(
  id: R,
  { namespace, service }: Target,
  change: readonly Operation[],
  guard: readonly Operation[] = [],
): Remedy<R> {
  return {
    id,
    commands: [kubectl(namespace, 'patch', 'service', service, '--type=json', '-p', JSON.stringify(change))],
    patch: {
      target: { group: '', version: 'v1', plural: 'services', namespace, name: service },
      type: 'json-patch+json',
      body: [...guard, ...change],
    },
  };
}

/** Changes one field of one port. Ports have no key of their own, so that the index is guarded by the port's number. */
export function portRemedy<R extends string>(
  id: R,
  target: Target,
  service: Service,
  port: ServicePort,
  field: 'port' | 'targetPort' | 'protocol',
  value: string | number,
): Remedy<R> {
  const path = `/spec/ports/${service.spec?.ports?.indexOf(port) ?? 0}`;
  return patchRemedy(
    id,
    target,
    [{ op: 'replace', path: `${path}/${field}`, value }],
    [{ op: 'test', path: `${path}/port`, value: port.port }],
  );
}
