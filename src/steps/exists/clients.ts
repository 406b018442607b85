/** The clients that suffer: what of them is not as the Service is. */
import { podNamed } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import { namesOfService } from '../../facts/references.ts';
import { printAge, secondsSince } from '../../model/age.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import { isDirect, proxySettings } from '../../model/httpProxy.ts';
import type { Container, Pod, Service } from '../../model/kubernetes.ts';
import type { Prober } from '../../model/probe.ts';
import { isShy } from '../../model/samples.ts';
import { workloadOf } from '../../model/workload.ts';

export interface Client {
  /** Its vantage point. */
  from: string;
  namespace: string;
  name: string;
  pod: Pod & { spec: NonNullable<Pod['spec']> };
}

/** The pods of --from; those that are gone are left out. */
export async function clientsOf(facts: Facts): Promise<Client[]> {
  const clients = facts.probers.filter(({ kind }) => kind === 'pod').map((prober) => clientAt(facts, prober));
  return (await Promise.all(clients)).flat();
}

async function clientAt(facts: Facts, prober: Prober): Promise<Client[]> {
  const place = await podAt(prober);
  const pod = place && valueOr(await facts.ask(podNamed(place.namespace, place.name)), null);
  if (!place || !pod?.spec) return [];
  return [{ ...place, from: `pod/${place.namespace}/${place.name}`, pod: { ...pod, spec: pod.spec } }];
}

/** A pod is known by its name; which one of a Deployment it is, the vantage point tells. */
async function podAt({ id, vantage }: Prober): Promise<{ namespace: string; name: string } | undefined> {
  const [kind, namespace = '', name = ''] = id.split('/');
  if (kind === 'pod') return { namespace, name };
  const here = await vantage();
  return here.known ? { namespace, name: here.value.standsFor?.pod ?? here.value.pod } : undefined;
}

/**
 * Containers whose environment leads HTTP requests for the Service to a proxy, which mostly knows no Services. A
 * warning: whether the program heeds these variables cannot be seen. The probe goes without them.
 */
export function behindProxy({ target }: Facts, service: Service, client: Client): Finding[] {
  if ((service.spec?.ports ?? []).every(({ port }) => isShy(port))) return [];
  return client.pod.spec.containers.flatMap((container) => {
    const settings = proxySettings(container);
    const proxied = settings ? proxiedNames(container, client, target, settings.direct) : [];
    return settings && proxied.length > 0 ? [proxyFinding(client, container, settings, proxied)] : [];
  });
}

interface Named {
  namespace: string;
  service: string;
}

/** The container with these variables alone, or without them. */
const proxyVariables = (container: Container, only: boolean): Container => ({
  ...(only ? { name: container.name } : container),
  env: (container.env ?? []).filter(({ name }) => /_proxy$/i.test(name) === only),
});

/** The names that it asks for, where it says them; else all forms, and then one that goes directly is enough. */
function proxiedNames(container: Container, { namespace }: Client, target: Named, direct: readonly string[]): string[] {
  const [proxies, others] = [proxyVariables(container, true), proxyVariables(container, false)];
  // the Service is the proxy
  if (namesOfService(proxies, namespace, target).length > 0) return [];
  const said = namesOfService(others, namespace, target);
  const full = `${target.service}.${target.namespace}`;
  const forms = [...(namespace === target.namespace ? [target.service] : []), full, `${full}.svc`];
  const usual = [...forms, `${full}.svc.cluster.local`];
  if (said.length > 0) return said.filter((host) => !isDirect(host, direct));
  return usual.some((host) => isDirect(host, direct)) ? [] : forms;
}

function proxyFinding(
  { from, namespace, name, pod }: Client,
  container: Container,
  { variable, direct }: NonNullable<ReturnType<typeof proxySettings>>,
  hosts: readonly string[],
): Finding {
  const { kind, name: owner } = workloadOf(pod);
  const wanted = `NO_PROXY=${[...direct, ...hosts].join(',')}`;
  const set = kubectl(namespace, 'set', 'env', `${kind.toLowerCase()}/${owner}`, '-c', container.name, wanted);
  const see = kubectl(namespace, 'get', 'pod', name, '-o', 'jsonpath={.spec.containers[*].env}');
  const params = { pod: name, container: container.name, variable, direct, hosts };
  return {
    code: 'exists/client-proxy',
    severity: 'warning',
    breaks: 'client',
    subject: { from },
    params,
    evidence: [{ what: 'exists.client-proxy', params: { variable, direct }, command: see }],
    // what a running pod is told cannot be changed
    remedies: [{ id: 'set-no-proxy', commands: kind === 'Pod' ? [] : [set] }],
  };
}

/**
 * A client older than the Service: variables such as WEB_SERVICE_HOST are written when a pod starts, so that it has none,
 * or those of an earlier Service. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function olderThanService(
  { target, now }: Facts,
  service: Service,
  { namespace, name, pod }: Client,
): Observation[] {
  const [made, started] = [service.metadata?.creationTimestamp, pod.metadata?.creationTimestamp];
  const links = pod.spec.enableServiceLinks !== false && namespace === target.namespace;
  if (!links || !made || !started || started >= made) return [];
  return [{ what: 'exists.younger-than-client', params: { pod: name, age: printAge(secondsSince(made, now) ?? 0) } }];
}
