/** Addresses that somebody else than the endpoint controller wrote, and where nobody answers. */
import { servicesIn } from '../../facts/api.ts';
import { clusterIPsOf } from '../../facts/backends.ts';
import { judge, policyScene } from '../../facts/policies.ts';
import { attemptsTo } from '../../facts/probe.ts';
import { type Command, kubectl } from '../../model/command.ts';
import { aboutBackends } from '../../model/diagnosis.ts';
import {
  ENDPOINT_SLICE_CONTROLLER,
  endpointsOf,
  MIRRORING_CONTROLLER,
  type SliceEndpoint,
  slicesByManager,
  usable,
} from '../../model/endpoints.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { EndpointSlice, ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import { type Reach, reachOf } from '../../model/reach.ts';
import { hasSelector } from '../../model/selector.ts';
import { repeat } from '../repeat.ts';
import { type Inspection, nameOf } from './inspection.ts';

interface Dead {
  endpoint: SliceEndpoint;
  reach: Reach;
}

/** Slices that are not the controller's own. */
const foreignSlices = (slices: readonly EndpointSlice[]): EndpointSlice[] =>
  [...slicesByManager(slices)].flatMap(([manager, made]) => (manager === ENDPOINT_SLICE_CONTROLLER ? [] : made));

export async function deadAddresses(inspection: Inspection): Promise<Finding[]> {
  const found = await Promise.all(inspection.ports.map((port) => deadOn(inspection, port)));
  return found.flat();
}

async function deadOn(inspection: Inspection, port: ServicePort): Promise<Finding[]> {
  const { service, slices = [], report } = inspection;
  if (!report) return [];
  const { endpoints } = endpointsOf(service, port, foreignSlices(slices));
  const silent = usable(endpoints).endpoints.flatMap((endpoint): Dead[] => {
    const reach = isPods(inspection, endpoint)
      ? undefined
      : reachOf(attemptsTo(report, endpoint.address, endpoint.port));
    return reach && reach.answered === 0 ? [{ endpoint, reach }] : [];
  });
  const denied = silent.length > 0 ? await deniedAddresses(inspection, port) : new Set();
  const dead = silent.filter(({ endpoint }) => !denied.has(endpoint.address));
  return dead.length > 0 ? [await deadFinding(inspection, port, dead)] : [];
}

/** Whether a pod of the Service has the address: why it does not answer is then for another step. */
const isPods = ({ pods = [] }: Inspection, { address }: SliceEndpoint): boolean =>
  pods.some(({ status }) => status?.podIP === address);

/** Addresses that a NetworkPolicy keeps the client from: their silence proves nothing about them. */
async function deniedAddresses({ facts, report }: Inspection, port: ServicePort): Promise<Set<string>> {
  const scene = await policyScene(facts, report?.vantage);
  if (!scene.known || !scene.value.client) return new Set();
  const judged = judge(scene.value, scene.value.client, port);
  return new Set(judged.filter(({ verdict }) => verdict.allowed === false).map(({ backend }) => backend.address));
}

async function deadFinding(inspection: Inspection, port: ServicePort, dead: readonly Dead[]): Promise<Finding> {
  const { facts, service, report, slices = [] } = inspection;
  const { namespace } = facts.target;
  const addresses = dead.map(({ endpoint }) => endpoint.address);
  const names = [...new Set(dead.map(({ endpoint }) => endpoint.slice))];
  const serviceOf = await serviceAt(inspection, addresses);
  const leftover = hasSelector(service.spec?.selector);
  const managers = slicesNote(namespace, slices, names);
  const unanswered = dead.slice(0, 3).flatMap(({ endpoint, reach }): Observation[] => {
    const { address, port: number } = endpoint;
    if (!report) return [];
    const params = { address, port: number, failure: reach.failure ?? 'silent' };
    return [{ what: 'endpoints.unanswered', params, command: repeat(report, endpoint) }];
  });
  return {
    code: 'endpoints/dead-address',
    severity: 'error',
    breaks: 'selection',
    subject: { port: portKey(port), ...aboutBackends(addresses, false) },
    params: {
      port: portKey(port),
      addresses,
      slices: names,
      failure: dead[0]?.reach.failure ?? 'silent',
      ...(serviceOf !== undefined && { serviceOf }),
      leftover,
    },
    evidence: [...managers, ...unanswered],
    remedies: leftover
      ? [{ id: 'delete-slice', commands: names.map((name) => kubectl(namespace, 'delete', 'endpointslice', name)) }]
      : [{ id: 'correct-address', commands: names.map((name) => editCommand(inspection, name)) }],
  };
}

/** A mirrored slice follows the Endpoints object that it is copied from. */
function editCommand({ facts, slices = [] }: Inspection, name: string): Command {
  const { namespace, service } = facts.target;
  const mirrored = slicesByManager(slices)
    .get(MIRRORING_CONTROLLER)
    ?.some((slice) => nameOf(slice) === name);
  return kubectl(namespace, 'edit', ...(mirrored ? ['endpoints', service] : ['endpointslice', name]));
}

const slicesNote = (namespace: string, slices: readonly EndpointSlice[], names: readonly string[]): Observation[] =>
  slices
    .filter((slice) => names.includes(nameOf(slice)))
    .map((slice) => ({
      what: 'endpoints.foreign-slice',
      params: {
        slice: nameOf(slice),
        manager: slice.metadata?.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '',
      },
      command: kubectl(namespace, 'get', 'endpointslice', nameOf(slice), '-o', 'yaml'),
    }));

/** A cluster IP cannot stand behind another one: what kube-proxy rewrote once, it does not rewrite again. */
async function serviceAt({ facts }: Inspection, addresses: readonly string[]): Promise<string | undefined> {
  const services = await facts.ask(servicesIn(facts.target.namespace));
  if (!services.known) return undefined;
  return services.value.items.find(({ spec }) => clusterIPsOf(spec).some((ip) => addresses.includes(ip)))?.metadata
    ?.name;
}
