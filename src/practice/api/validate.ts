import type { KubeObject, LabelSelector, PodSpec, PodTemplate, ServicePort } from '../objects.ts';
import { selects } from '../objects.ts';
import { ApiError } from './errors.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

interface Specified extends KubeObject {
  spec?: {
    ports?: ServicePort[];
    type?: string;
    externalName?: string;
    selector?: LabelSelector;
    template?: PodTemplate;
    containers?: PodSpec['containers'];
  };
}

/** Refuses what the API server refuses, in its words, as far as people get it wrong by hand. @throws ApiError */
export function validate(object: KubeObject): void {
  const { kind, metadata } = object;
  const faults = [...name(object), ...(CHECKS[kind]?.(object as Specified) ?? [])];
  if (faults.length === 0) return;
  const told = faults.length > 1 ? `[${faults.join(', ')}]` : faults[0];
  const causes = faults.map((fault) => {
    const [, field, message = fault] = /^([\w.[\]]+): (.*)$/s.exec(fault) ?? [];
    return { reason: 'FieldValueInvalid', message, field };
  });
  const details = { name: metadata.name, kind, causes };
  throw new ApiError(422, 'Invalid', `${kind} "${metadata.name ?? ''}" is invalid: ${told}`, details);
}

function name({ kind, metadata }: KubeObject): string[] {
  const given = metadata.name as string | undefined;
  if (!given) return ['metadata.name: Required value: name or generateName is required'];
  const isFine = given.length <= 253 && (['Service', 'Namespace'].includes(kind) ? LABEL : SUBDOMAIN).test(given);
  return isFine ? [] : [`metadata.name: Invalid value: "${given}": ${SUBDOMAIN_RULE}`];
}

const port = (field: string, value: unknown): string[] =>
  typeof value !== 'number' || (Number.isInteger(value) && value >= 1 && value <= 65535)
    ? []
    : [`${field}: Invalid value: ${value}: must be between 1 and 65535, inclusive`];

function service({ spec = {} }: Specified): string[] {
  const { ports = [], type, externalName } = spec;
  if (type === 'ExternalName') return externalName ? [] : ['spec.externalName: Required value'];
  if (ports.length === 0 && (spec as { clusterIP?: string }).clusterIP !== 'None')
    return ['spec.ports: Required value'];
  const nameless =
    ports.length > 1 ? ports.flatMap((one, i) => (one.name ? [] : [`spec.ports[${i}].name: Required value`])) : [];
  return [
    ...nameless,
    ...ports.flatMap((one, i) => [
      ...port(`spec.ports[${i}].port`, one.port),
      ...port(`spec.ports[${i}].targetPort`, one.targetPort),
    ]),
  ];
}

function containers(field: string, spec: Partial<PodSpec> | undefined): string[] {
  if (!spec?.containers?.length) return [`${field}.containers: Required value`];
  return spec.containers.flatMap((one, i) => [
    ...(one.name ? [] : [`${field}.containers[${i}].name: Required value`]),
    ...(one.image ? [] : [`${field}.containers[${i}].image: Required value`]),
  ]);
}

function workload({ spec = {} }: Specified): string[] {
  const { selector, template } = spec;
  const labels = template?.metadata?.labels ?? {};
  const fits = selector === undefined || selects(selector, labels);
  return [
    ...(selector === undefined ? ['spec.selector: Required value'] : []),
    ...(fits
      ? []
      : [
          `spec.template.metadata.labels: Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
        ]),
    ...containers('spec.template.spec', template?.spec),
  ];
}

const CHECKS: Record<string, (object: Specified) => string[]> = {
  Service: service,
  Pod: ({ spec }) => containers('spec', spec as Partial<PodSpec>),
  Deployment: workload,
  StatefulSet: workload,
  DaemonSet: workload,
  ReplicaSet: workload,
  Job: ({ spec }) => containers('spec.template.spec', spec?.template?.spec),
};
