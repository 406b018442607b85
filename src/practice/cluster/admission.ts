import type { ContainerSpec, KubeObject, Pod, SecurityContext } from '../objects.ts';
import type { World } from './world.ts';

interface Quota extends KubeObject {
  spec?: { hard?: Record<string, string> };
}

const containersOf = ({ spec }: Pod): ContainerSpec[] => [...(spec.initContainers ?? []), ...spec.containers];

/** Why a pod may not be made, in the words of the API server; undefined: it may. */
export function refusal(world: World, pod: Pod): string | undefined {
  const { name, namespace = 'default' } = pod.metadata;
  const level = world.store.get('Namespace', undefined, namespace)?.metadata.labels?.[
    'pod-security.kubernetes.io/enforce'
  ];
  const why =
    security(pod, level) ??
    world.store
      .list<Quota>('ResourceQuota', namespace)
      .map((quota) => exceeded(quota, pod))
      .find(Boolean);
  return why && `pods "${name}" is forbidden: ${why}`;
}

/** A quota on requests or limits makes them compulsory. https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
function exceeded({ metadata, spec }: Quota, pod: Pod): string | undefined {
  const wanted = Object.keys(spec?.hard ?? {})
    .filter((key) => /^(requests|limits)\./.test(key))
    .sort();
  const missing = wanted.flatMap((key) => {
    const [side = '', resource = ''] = key.split('.');
    const names = containersOf(pod)
      .filter(({ resources = {} }) => !resourceOf(resources, side, resource))
      .map(({ name }) => name);
    return names.length > 0 ? [`${key} for: ${names.join(',')}`] : [];
  });
  return missing.length > 0 ? `failed quota: ${metadata.name}: must specify ${missing.join('; ')}` : undefined;
}

/** A limit stands in for a request that is left out. */
const resourceOf = (
  { requests = {}, limits = {} }: NonNullable<ContainerSpec['resources']>,
  side: string,
  name: string,
) => (side === 'requests' ? (requests[name] ?? limits[name]) : limits[name]);

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
function security(pod: Pod, level: string | undefined): string | undefined {
  if (level !== 'baseline' && level !== 'restricted') return undefined;
  const containers = containersOf(pod);
  const shared = pod.spec.securityContext ?? {};
  const offenders = (offends: (own: SecurityContext) => boolean) => {
    const names = containers
      .filter(({ securityContext = {} }) => offends({ ...shared, ...securityContext }))
      .map(({ name }) => `"${name}"`);
    if (names.length === 0) return undefined;
    return names.length > 1 ? `containers ${names.join(', ')}` : `container ${names[0]}`;
  };
  const found = [
    [offenders(({ privileged }) => privileged === true), 'privileged', 'must not set securityContext.privileged=true'],
    ...(level === 'baseline'
      ? []
      : [
          [
            offenders((own) => own.allowPrivilegeEscalation !== false),
            'allowPrivilegeEscalation != false',
            'must set securityContext.allowPrivilegeEscalation=false',
          ],
          [
            offenders((own) => !own.capabilities?.drop?.includes('ALL')),
            'unrestricted capabilities',
            'must set securityContext.capabilities.drop=["ALL"]',
          ],
          [
            offenders((own) => own.runAsNonRoot !== true),
            'runAsNonRoot != true',
            'pod or container must set securityContext.runAsNonRoot=true',
          ],
          [
            offenders((own) => !own.seccompProfile),
            'seccompProfile',
            'pod or container must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
          ],
        ]),
    [pod.spec.hostNetwork ? 'pod' : undefined, 'host namespaces', 'hostNetwork=true'],
  ];
  const told = found.flatMap(([who, what, must]) =>
    who === undefined ? [] : [`${what} (${`${must}`.startsWith('pod or') ? must : `${who} ${must}`})`],
  );
  return told.length > 0 ? `violates PodSecurity "${level}:latest": ${told.join(', ')}` : undefined;
}
