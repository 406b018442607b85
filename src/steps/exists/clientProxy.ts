/** A client whose requests go to an HTTP proxy before they reach any Service. */
import { backendsOf } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { served } from '../../facts/heard.ts';
import { answersTo, isAsk } from '../../facts/probe.ts';
import { namesOfService } from '../../facts/references.ts';
import { furtherReports, mainReport } from '../../facts/reports.ts';
import { kubectl } from '../../model/command.ts';
import { known, valueOr } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import { isDirect, proxySettings } from '../../model/httpProxy.ts';
import type { Container, Service } from '../../model/kubernetes.ts';
import type { ProxiedAnswer } from '../../model/probe.ts';
import { isShy } from '../../model/samples.ts';
import { workloadOf } from '../../model/workload.ts';
import { inside } from '../repeat.ts';
import type { Client } from './clients.ts';

/**
 * Containers whose environment leads HTTP requests for the Service to a proxy, which mostly knows no Services. A
 * warning: whether the program heeds these variables cannot be seen. An error where a request that does so fails from
 * there, while the Service answers one that does not.
 */
export async function behindProxy(facts: Facts, service: Service, client: Client): Promise<Finding[]> {
  const { target } = facts;
  if ((service.spec?.ports ?? []).every(({ port }) => isShy(port))) return [];
  const heard = await heardProxied(facts, service, client);
  return client.pod.spec.containers.flatMap((container) => {
    const met = heard.filter((one) => one.container === container.name);
    const settings = met[0]?.answer ?? proxySettings(container);
    const proxied = settings ? proxiedNames(container, client, target, settings.direct) : [];
    const decisive = met.filter(({ name, answer }) => proxied.includes(name) && answer.asked);
    const [failing] = decisive.filter(({ answer }) => fails(answer));
    if (!settings || proxied.length === 0 || (decisive.length > 0 && !failing)) return [];
    return [proxyFinding(client, container, settings, proxied, failing)];
  });
}

interface Proxied {
  container: string;
  name: string;
  port: number;
  answer: ProxiedAnswer;
}

/** What the client met by way of its proxy. Nothing where the Service does not answer without one either. */
async function heardProxied(facts: Facts, service: Service, { namespace, name, pod }: Client): Promise<Proxied[]> {
  const reports = [await mainReport(facts), ...(await furtherReports(facts)).map(known)];
  const own = reports.find(
    (one) => one.known && one.value.vantage.namespace === namespace && one.value.vantage.pod === name,
  );
  if (!own?.known) return [];
  const container = own.value.vantage.container ?? pod.spec.containers[0]?.name ?? '';
  const backends = valueOr(await facts.ask(backendsOf(facts.target)), []);
  const serves = (number: number) =>
    (service.spec?.ports ?? []).some(
      (port) => port.port === number && served(own.value, service, port, backends) === true,
    );
  return answersTo(own.value, isAsk('proxied'))
    .filter(({ question }) => serves(question.port))
    .map(({ question: { name: host, port }, answer }) => ({ container, name: host, port, answer }));
}

/** No answer, or one that proxies give for hosts that they do not know. A 403 may as well be the application's own. */
const fails = ({ status }: ProxiedAnswer): boolean => status === undefined || [407, 502, 503, 504].includes(status);

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

const metProxy = ({ container, name: host, port, answer }: Proxied, { namespace, name }: Client): Observation => ({
  what: 'exists.through-proxy',
  params: { url: `http://${host}:${port}/`, status: answer.status ?? 0, words: answer.words },
  command: inside({ id: '', kind: 'pod', namespace, pod: name, container, labels: {} }, [
    'wget',
    '-qO-',
    '-T',
    '5',
    `http://${host}:${port}/`,
  ]),
});

function proxyFinding(
  client: Client,
  container: Container,
  { variable, direct }: { variable: string; direct: readonly string[] },
  hosts: readonly string[],
  failing: Proxied | undefined,
): Finding {
  const { from, namespace, name, pod } = client;
  const { kind, name: owner } = workloadOf(pod);
  const wanted = `NO_PROXY=${[...direct, ...hosts].join(',')}`;
  const set = kubectl(namespace, 'set', 'env', `${kind.toLowerCase()}/${owner}`, '-c', container.name, wanted);
  const see = kubectl(namespace, 'get', 'pod', name, '-o', 'jsonpath={.spec.containers[*].env}');
  const params = { pod: name, container: container.name, variable, direct, hosts };
  return {
    code: 'exists/client-proxy',
    severity: failing ? 'error' : 'warning',
    breaks: 'client',
    subject: { from },
    params,
    evidence: [
      ...(failing ? [metProxy(failing, client)] : []),
      { what: 'exists.client-proxy', params: { variable, direct }, command: see },
    ],
    // what a running pod is told cannot be changed
    remedies: [{ id: 'set-no-proxy', commands: kind === 'Pod' ? [] : [set] }],
  };
}
