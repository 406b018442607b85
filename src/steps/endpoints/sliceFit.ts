/** Slices that are linked to the Service, and of which kube-proxy takes nothing: they do not fit it. */
import { kubectl } from '../../model/command.ts';
import { endpointsOf, type IgnoredReason, type IgnoredSlice } from '../../model/endpoints.ts';
import type { Finding, Remedy } from '../../model/finding.ts';
import type { EndpointSlice, ServicePort } from '../../model/kubernetes.ts';
import { portKey, protocolOf } from '../../model/ports.ts';
import { type Inspection, isServed, nameOf } from './inspection.ts';

const BY_PORT: readonly IgnoredReason[] = ['port-name', 'protocol', 'port-incomplete', 'no-ports'];

/** Only where nothing else provides the port: a further slice that does not fit does no harm. */
export function ignoredSlices(inspection: Inspection): Finding[] {
  const found = inspection.ports.flatMap((port) => forPort(inspection, port));
  const whole = new Map(
    found.filter(({ code }) => code === 'endpoints/slice-ignored').map((f) => [f.subject.object, f]),
  );
  return [...found.filter(({ code }) => code !== 'endpoints/slice-ignored'), ...whole.values()];
}

function forPort(inspection: Inspection, port: ServicePort): Finding[] {
  const { service, slices = [] } = inspection;
  const { endpoints, ignored } = endpointsOf(service, port, slices);
  if (endpoints.length > 0 || isServed(inspection, port)) return [];
  return ignored.flatMap((one) => {
    const slice = slices.find((candidate) => nameOf(candidate) === one.slice);
    if (!slice) return [];
    return [BY_PORT.includes(one.reason) ? portName(inspection, port, slice, one) : wholeSlice(inspection, slice, one)];
  });
}

function printPorts({ ports }: EndpointSlice): string[] {
  return (ports ?? []).map(({ name, port, protocol }) => `${name ? name : '""'} ${port ?? ''}/${protocolOf(protocol)}`);
}

const sliceCommand = (inspection: Inspection, slice: EndpointSlice) =>
  kubectl(inspection.facts.target.namespace, 'get', 'endpointslice', nameOf(slice), '-o', 'yaml');

function portName(inspection: Inspection, port: ServicePort, slice: EndpointSlice, { reason }: IgnoredSlice): Finding {
  const name = nameOf(slice);
  const ports = printPorts(slice);
  return {
    code: 'endpoints/slice-port-name',
    severity: 'error',
    breaks: 'selection',
    subject: { port: portKey(port), object: `endpointslice/${name}` },
    params: { port: portKey(port), name: port.name ?? '', slice: name, has: ports },
    evidence: [
      {
        what: 'endpoints.slice',
        params: { slice: name, manager: '', ports },
        command: sliceCommand(inspection, slice),
      },
    ],
    remedies: [rename(inspection, port, slice, reason)],
  };
}

/** The port of the slice gets the name of the Service port; where it is not clear which one, by hand. */
function rename(
  { facts }: Inspection,
  port: ServicePort,
  slice: EndpointSlice,
  reason: IgnoredReason,
): Remedy<'rename-port'> {
  const { namespace } = facts.target;
  const name = nameOf(slice);
  const only = (slice.ports ?? []).length === 1 && slice.ports?.[0]?.port;
  if (!only || reason === 'protocol')
    return { id: 'rename-port', commands: [kubectl(namespace, 'edit', 'endpointslice', name)] };
  // `add` replaces what is there, and serves where the name is missing altogether
  const body = [{ op: 'add', path: '/ports/0/name', value: port.name ?? '' }];
  return {
    id: 'rename-port',
    commands: [kubectl(namespace, 'patch', 'endpointslice', name, '--type=json', '-p', JSON.stringify(body))],
    patch: {
      target: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', namespace, name },
      type: 'json-patch+json',
      body,
    },
  };
}

function wholeSlice(inspection: Inspection, slice: EndpointSlice, { reason }: IgnoredSlice): Finding {
  const name = nameOf(slice);
  const values: Partial<Record<IgnoredReason, string>> = {
    'address-type': slice.addressType,
    family: slice.addressType,
    address: (slice.endpoints ?? []).flatMap(({ addresses }) => addresses)[0] ?? '',
  };
  return {
    code: 'endpoints/slice-ignored',
    severity: 'error',
    breaks: 'selection',
    subject: { object: `endpointslice/${name}` },
    params: { slice: name, reason, value: values[reason] ?? '' },
    evidence: [
      {
        what: 'endpoints.slice',
        params: { slice: name, manager: '', ports: printPorts(slice) },
        command: sliceCommand(inspection, slice),
      },
    ],
    remedies: [
      { id: 'look-at-slice', commands: [kubectl(inspection.facts.target.namespace, 'edit', 'endpointslice', name)] },
    ],
  };
}
