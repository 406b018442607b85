/** Objects that name this Service wrongly, while it is there. */
import { podNamed, serviceOf, servicesIn } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import { ingressReferences, podReferences, type Reference } from '../../facts/references.ts';
import { kubectl } from '../../model/command.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding } from '../../model/finding.ts';
import type { Ingress, Service } from '../../model/kubernetes.ts';
import { nearNames } from '../../model/nearNames.ts';
import { findServicePorts } from '../../model/ports.ts';

/** Ingresses that send requests to a port that the Service lacks, or to a name close to its own that nothing has. */
export async function ingressesAstray(
  facts: Facts,
  service: Service,
  ingresses: readonly Ingress[],
): Promise<Finding[]> {
  const { namespace, service: name } = facts.target;
  const references = ingresses.flatMap(ingressReferences);
  const wrongPort = references.filter((reference) => reference.service === name && lacks(service, reference.port));
  const akin = references.filter((reference) => isSlip(reference.service, name));
  const there = akin.length > 0 ? await facts.ask(servicesIn(namespace)) : undefined;
  const names = there?.known ? there.value.items.map(({ metadata }) => metadata?.name) : undefined;
  const wrongName = names ? akin.filter((reference) => !names.includes(reference.service)) : [];
  return [
    ...wrongPort.map((reference) => dangling(reference, portsOf(service), 'warning')),
    ...wrongName.map((reference) => dangling(reference, [name], 'warning')),
  ];
}

const lacks = (service: Service, port: string | undefined): boolean =>
  port !== undefined && findServicePorts(service, port).length === 0;

const isSlip = (written: string, name: string): boolean => nearNames(written, [name])[0]?.how === 'spelling';

const portsOf = ({ spec }: Service): string[] =>
  (spec?.ports ?? []).map(({ port, name }) => (name ? `${port} (${name})` : String(port)));

/**
 * What the clients that suffer are told about this Service, where it leads nowhere: a name close to its own, a
 * namespace where it is not, a port that it lacks. Here it is an error: that client does not get through.
 */
export async function clientReferences(facts: Facts, service: Service): Promise<Finding[]> {
  const clients = facts.probers.filter(({ kind }) => kind === 'pod').map(({ id }) => id.split('/'));
  const found = await Promise.all(
    clients.map(async ([, namespace = '', name = '']) => {
      const pod = valueOr(await facts.ask(podNamed(namespace, name)), null);
      if (!pod?.spec) return [];
      const references = podReferences(`Pod/${name}`, namespace, pod.spec);
      const judged = await Promise.all(references.map((reference) => astray(facts, service, reference)));
      const from = `pod/${namespace}/${name}`;
      return judged.flatMap((finding) => (finding ? [{ ...finding, subject: { ...finding.subject, from } }] : []));
    }),
  );
  return found.flat();
}

async function astray(facts: Facts, service: Service, reference: Reference): Promise<Finding | undefined> {
  const { target } = facts;
  const sameName = reference.service === target.service;
  if (sameName && reference.namespace === target.namespace) {
    // who resolves a headless Service dials the pods, on whatever port they have
    const anyPort = service.spec?.clusterIP === 'None' || service.spec?.type === 'ExternalName';
    return !anyPort && lacks(service, reference.port) ? dangling(reference, portsOf(service), 'error') : undefined;
  }
  if (!sameName && !isSlip(reference.service, target.service)) return undefined;
  const meant = await facts.ask(serviceOf({ ...target, namespace: reference.namespace, service: reference.service }));
  if (!meant.known || meant.value !== null) return undefined;
  return dangling(reference, [`${target.service}.${target.namespace}`], 'error');
}

function dangling(reference: Reference, instead: readonly string[], severity: 'error' | 'warning'): Finding {
  const { by, where, service, namespace, port } = reference;
  const names = port === undefined ? service : `${service}:${port}`;
  const command = kubectl(namespace, 'get', by.toLowerCase(), '-o', 'yaml');
  return {
    code: 'exists/dangling-reference',
    severity,
    breaks: 'name',
    subject: { object: by.toLowerCase() },
    params: { by, where, names, instead },
    evidence: [{ what: 'exists.refers', params: { by, where, names }, command }],
    remedies: [{ id: 'correct', commands: [editCommand(by, namespace)] }],
  };
}

const editCommand = (by: string, namespace: string) => kubectl(namespace, 'edit', by.toLowerCase());
