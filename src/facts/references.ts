/** Who names a Service: Ingresses by their backends, workloads by what their containers are told. */
import type { Container, Ingress, Pod } from '../model/kubernetes.ts';

/** One mention of a Service in another object. */
export interface Reference {
  /** As `Ingress/web` or `Deployment/api`. */
  by: string;
  /** Namespace of that object. */
  home: string;
  /** Where in it, as `rule shop.example.com/cart` or `env API_URL`. */
  where: string;
  service: string;
  namespace: string;
  /** Port number or name, where the mention has one. */
  port?: string;
}

/** The Services that an Ingress sends requests to; always of its own namespace. */
export function ingressReferences({ metadata, spec }: Ingress): Reference[] {
  const paths = (spec?.rules ?? []).flatMap((rule) =>
    (rule.http?.paths ?? []).map(({ path, backend }) => ({ where: `rule ${rule.host ?? '*'}${path ?? '/'}`, backend })),
  );
  const all = [...paths, ...(spec?.defaultBackend ? [{ where: 'default backend', backend: spec.defaultBackend }] : [])];
  return all.flatMap(({ where, backend }) => {
    const { service } = backend;
    if (!service) return [];
    const port = service.port?.name ?? service.port?.number;
    return [
      {
        by: `Ingress/${metadata?.name ?? ''}`,
        where,
        home: metadata?.namespace ?? '',
        service: service.name,
        namespace: metadata?.namespace ?? '',
        ...(port !== undefined && { port: String(port) }),
      },
    ];
  });
}

/** The Services that the containers of a pod are told of, by environment, command or arguments. */
export function podReferences(
  by: string,
  namespace: string,
  spec: Pick<NonNullable<Pod['spec']>, 'containers' | 'initContainers'>,
): Reference[] {
  const found = [...(spec.initContainers ?? []), ...spec.containers]
    .flatMap(wordsOf)
    .flatMap(({ where, text, isHost }) => hostsIn(text, isHost).map((host) => ({ where, ...host })))
    .flatMap(({ where, host, port }) => {
      const service = serviceOfHost(host, namespace);
      return service ? [{ by, home: namespace, where, ...service, ...(port !== undefined && { port }) }] : [];
    });
  return [...new Map(found.map((reference) => [JSON.stringify(reference), reference])).values()];
}

/** The names by which a container's environment, command or arguments mean one Service. */
export const namesOfService = (container: Container, home: string, { service, namespace }: ServiceName): string[] => [
  ...new Set(
    hostsOf(container).filter((host) => {
      const meant = serviceOfHost(host, home);
      return meant?.service === service && meant.namespace === namespace;
    }),
  ),
];

/** Every host that a container's environment, command or arguments name. */
export const hostsOf = (container: Container): string[] =>
  wordsOf(container).flatMap(({ text, isHost }) => hostsIn(text, isHost).map(({ host }) => host));

interface ServiceName {
  service: string;
  namespace: string;
}

interface Words {
  where: string;
  text: string;
  /** The name of the variable says that its value is a host, even where it looks like any word. */
  isHost: boolean;
}

const HOST_VARIABLE = /HOST|ADDR|SERVICE|SERVER|ENDPOINT|UPSTREAM|BACKEND|URL|URI/i;
const PORT_VARIABLE = /PORT$/i;

function wordsOf({ env, command, args }: Container): Words[] {
  return [
    ...(env ?? []).flatMap(({ name, value }) =>
      value
        ? [{ where: `env ${name}`, text: value, isHost: HOST_VARIABLE.test(name) && !PORT_VARIABLE.test(name) }]
        : [],
    ),
    ...[...(command ?? []), ...(args ?? [])].map((text) => ({ where: 'its command', text, isHost: false })),
  ];
}

const HOST = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*';
/** `http://user:password@host:port/path` */
const URL = new RegExp(`[a-z][a-z0-9+.-]*://(?:[^@/\\s]*@)?(${HOST})\\.?(?::(\\d+))?`, 'gi');
/** `host:port`, as in DSNs and flags; what follows `//` is a URL's business. */
const HOST_PORT = new RegExp(
  `(?<![\\w.:/@-])(?:[^@\\s/=]*@)?([a-z]${HOST.slice('[a-z0-9]'.length)}):(\\d{2,5})(?!\\w)`,
  'gi',
);
const SERVICE_NAME = new RegExp(`(?<![\\w.:/@-])([a-z0-9-]+\\.[a-z0-9-]+\\.svc(?:\\.${HOST})?)(?::(\\d+))?`, 'gi');
/** `nslookup NAME`, `nc -z NAME PORT`: what waits for a Service in an init container. */
const WAITING = new RegExp(
  `\\b(?:nslookup|nc|getent hosts|ping)(?:\\s+-\\S+(?:\\s+\\d+(?=\\s))?)*\\s+(${HOST})(?:\\s+(\\d+))?`,
  'gi',
);
const WHOLE = new RegExp(`^(${HOST})$`, 'i');

/** Hosts, with their ports where these are said, that a text names; a bare word only where the text is known to be a host. */
export function hostsIn(text: string, isHost = false): { host: string; port?: string }[] {
  const patterns = [URL, HOST_PORT, SERVICE_NAME, WAITING];
  const matches = patterns.flatMap((pattern) => [...text.matchAll(pattern)]);
  const whole = isHost ? WHOLE.exec(text) : null;
  return (whole ? [...matches, whole] : matches).map(([, host = '', port]) => ({
    host: host.toLowerCase(),
    ...(port !== undefined && { port }),
  }));
}

/**
 * The Service that a host name means to a pod of `namespace`, when it can mean one: NAME, NAME.NAMESPACE, or
 * NAME.NAMESPACE.svc with any domain. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export function serviceOfHost(host: string, namespace: string): ServiceName | undefined {
  const [service = '', second, third] = host.split('.');
  if (service === '' || service === 'localhost' || /^\d+$/.test(service)) return undefined;
  if (third !== undefined && third !== 'svc') return undefined;
  return { service, namespace: second ?? namespace };
}
