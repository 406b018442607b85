import type { Target } from '../model/target.ts';

/** Domain of the cluster unless a resolv.conf says otherwise. */
export const USUAL_DOMAIN = 'cluster.local';

/** A name as asked of DNS directly: absolute, with the trailing dot that keeps the search path out. */
export const absoluteName = ({ namespace, service }: Pick<Target, 'namespace' | 'service'>, domain: string) =>
  `${service}.${namespace}.svc.${domain}.`;

/** The domain that a search path implies: what follows `svc.` in it. */
export const domainOf = (search: readonly string[]): string | undefined =>
  search.find((suffix) => suffix.startsWith('svc.'))?.slice('svc.'.length);

/** The forms in which a client may write the name, shortest first. The short one works only in the Service's own namespace. */
export const namesFor = ({ namespace, service }: Target, clientNamespace: string): string[] => [
  ...(clientNamespace === namespace ? [service] : []),
  `${service}.${namespace}`,
  `${service}.${namespace}.svc`,
];
