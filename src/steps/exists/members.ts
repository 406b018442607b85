import { serviceOf } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import { selectedPods } from '../../facts/pods.ts';
import { hostsOf } from '../../facts/references.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding } from '../../model/finding.ts';
import type { Pod, Service } from '../../model/kubernetes.ts';
import { workloadOf } from '../../model/workload.ts';
import type { Client } from './clients.ts';

/**
 * Pods have names of their own under the Service that their `subdomain` names (the serviceName of a StatefulSet), and
 * under no other that selects them. An error where a client asks for one; a warning where the Service so named is missing.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
 */
export async function memberNames(facts: Facts, service: Service, clients: readonly Client[]): Promise<Finding[]> {
  const { target } = facts;
  if (service.spec?.clusterIP !== 'None') return [];
  const pods = valueOr(await facts.ask(selectedPods(target)), { items: [] as Pod[] }).items;
  const elsewhere = pods.filter(({ spec }) => spec?.subdomain && spec.subdomain !== target.service);
  const [first] = elsewhere;
  const subdomain = first?.spec?.subdomain;
  if (!first || !subdomain) return [];
  const governing = await facts.ask(serviceOf({ ...target, service: subdomain }));
  const exists = !governing.known || governing.value !== null;
  const asked = clients.flatMap((client) => {
    const [name] = namesAsked(client, elsewhere, target);
    return name === undefined ? [] : [{ name, from: client.from }];
  });
  if (asked.length === 0)
    return exists ? [] : [finding(target, first, { name: `${hostOf(first)}.${target.service}`, exists })];
  return asked.map(({ name, from }) => finding(target, first, { name, exists, from }));
}

const hostOf = ({ metadata, spec }: Pod): string => spec?.hostname ?? metadata?.name ?? '';

/** The names of members, under this Service, that a client is told. */
function namesAsked({ namespace, pod }: Client, pods: readonly Pod[], target: Facts['target']): string[] {
  const short = pods.map((one) => `${hostOf(one)}.${target.service}`);
  const isMember = (host: string) =>
    short.some(
      (name) =>
        (host === name && namespace === target.namespace) ||
        host === `${name}.${target.namespace}` ||
        host.startsWith(`${name}.${target.namespace}.svc`),
    );
  return pod.spec.containers.flatMap(hostsOf).filter(isMember);
}

function finding(
  { namespace, service }: Facts['target'],
  pod: Pod,
  { name, exists, from }: { name: string; exists: boolean; from?: string },
): Finding {
  const { kind, name: owner } = workloadOf(pod);
  const subdomain = pod.spec?.subdomain ?? '';
  const look = kubectl(namespace, 'get', 'pods', '-o', 'custom-columns=NAME:.metadata.name,SUBDOMAIN:.spec.subdomain');
  return {
    code: 'exists/no-member-names',
    severity: from === undefined ? 'warning' : 'error',
    breaks: 'name',
    subject: from === undefined ? {} : { from },
    params: { name, service, subdomain, exists, workload: `${kind}/${owner}` },
    evidence: [{ what: 'exists.subdomain', params: { pod: pod.metadata?.name ?? '', subdomain }, command: look }],
    remedies: [
      { id: 'use-governing', commands: exists ? [kubectl(namespace, 'get', 'service', subdomain)] : [] },
      { id: 'make-anew', commands: [kubectl(namespace, 'get', kind.toLowerCase(), owner, '-o', 'yaml')] },
    ],
  };
}
