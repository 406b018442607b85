/** Objects that name this Service wrongly, while it is there. */
import { serviceNamesIn, serviceOf } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import { podReferences, type Reference } from '../../facts/references.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { Pod, Service } from '../../model/kubernetes.ts';
import { nearNames } from '../../model/nearNames.ts';
import { findServicePorts } from '../../model/ports.ts';
import { type WorkloadRef, workloadOf } from '../../model/workload.ts';
import type { Client } from './clients.ts';

/** Ingresses and routes that send requests to a port that the Service lacks, or to a name close to its own that nothing has. */
export async function referencesAstray(
  facts: Facts,
  service: Service,
  all: readonly Reference[],
): Promise<Finding<'exists/dangling-reference'>[]> {
  const { namespace, service: name } = facts.target;
  const references = all.filter((reference) => reference.namespace === namespace);
  const wrongPort = references.filter((reference) => reference.service === name && lacks(service, reference.port));
  const akin = references.filter((reference) => isSlip(reference.service, name));
  const there = akin.length > 0 ? await facts.ask(serviceNamesIn(namespace)) : undefined;
  const names = there?.known ? there.value.items.map(({ metadata }) => metadata?.name) : undefined;
  const wrongName = names ? akin.filter((reference) => !names.includes(reference.service)) : [];
  return [
    ...wrongPort.map((reference) => dangling(reference, { instead: withPorts(service), severity: 'warning' })),
    ...wrongName.map((reference) => dangling(reference, { instead: [name], severity: 'warning' })),
  ];
}

const lacks = (service: Service, port: string | undefined): boolean =>
  port !== undefined && findServicePorts(service, port).length === 0;

const isSlip = (written: string, name: string): boolean => nearNames(written, [name])[0]?.how === 'spelling';

/** The Service with each of its ports, as a reference to it is written. */
const withPorts = ({ metadata, spec }: Service): string[] =>
  (spec?.ports ?? []).map(({ port }) => `${metadata?.name ?? ''}:${port}`);

/**
 * What the clients that suffer are told about this Service, where it leads nowhere: a name close to its own, a
 * namespace where it is not, a port that it lacks. Here it is an error: that client does not get through.
 */
export async function clientReferences(facts: Facts, service: Service, clients: readonly Client[]): Promise<Finding[]> {
  const found = await Promise.all(
    clients.map(async ({ from, namespace, name, pod }) => {
      const references = podReferences(`Pod/${name}`, namespace, pod.spec);
      const judged = await Promise.all(references.map((reference) => astray(facts, service, reference, pod)));
      return judged.flatMap((finding) => (finding ? [{ ...finding, subject: { ...finding.subject, from } }] : []));
    }),
  );
  return found.flat();
}

async function astray(
  { target, ask }: Facts,
  service: Service,
  reference: Reference,
  client: Pod,
): Promise<Finding<'exists/dangling-reference'> | undefined> {
  const written = { severity: 'error', inside: workloadOf(client) } as const;
  const sameName = reference.service === target.service;
  if (sameName && reference.namespace === target.namespace) {
    // who resolves a headless Service dials the pods, on whatever port they have
    const anyPort = service.spec?.clusterIP === 'None' || service.spec?.type === 'ExternalName';
    // what was asked for by --port is judged where the ports are
    const wrong = !anyPort && reference.port !== target.port && lacks(service, reference.port);
    return wrong ? dangling(reference, { ...written, instead: withPorts(service) }) : undefined;
  }
  if (!sameName && !isSlip(reference.service, target.service)) return undefined;
  const meant = await ask(serviceOf({ ...target, namespace: reference.namespace, service: reference.service }));
  if (!meant.known || meant.value !== null) return undefined;
  if (sameName && reference.namespace === reference.home && searches(client, target.namespace)) return undefined;
  const near = client.metadata?.namespace === target.namespace;
  return dangling(reference, {
    ...written,
    instead: [near ? target.service : `${target.service}.${target.namespace}`],
  });
}

/** The search path of its own that a pod may have: there a short name of another namespace is found. */
const searches = ({ spec }: Pod, namespace: string): boolean =>
  spec?.dnsConfig?.searches?.some((domain) => domain.startsWith(`${namespace}.svc.`)) ?? false;

interface Dangling {
  instead: readonly string[];
  severity: 'error' | 'warning';
  /** Where the reference is written, if not in the object that has it: a pod's template. */
  inside?: WorkloadRef;
}

function dangling(reference: Reference, { instead, severity, inside }: Dangling): Finding<'exists/dangling-reference'> {
  const { by, where, service, port } = reference;
  const names = port === undefined ? service : `${service}:${port}`;
  const namespace = reference.home;
  const place = inside ? `${inside.kind}/${inside.name}` : by;
  const show = kubectl(namespace, 'get', by.toLowerCase(), '-o', 'yaml');
  return {
    code: 'exists/dangling-reference',
    severity,
    breaks: 'name',
    subject: { object: by.toLowerCase() },
    params: { by, where, names, instead, place },
    evidence: [{ what: 'exists.refers', params: { by, where, names }, command: show }],
    // what a running pod is told cannot be changed
    remedies: [
      {
        id: 'correct',
        commands: place.startsWith('Pod/') ? [show] : [kubectl(namespace, 'edit', place.toLowerCase())],
      },
    ],
  };
}
