/** A Service without selector: nobody makes its EndpointSlices but who wrote it. */
import { endpointsObject, slicesIn } from '../../facts/api.ts';
import { workloadsIn } from '../../facts/workloads.ts';
import { kubectl } from '../../model/command.ts';
import type { Obstacle } from '../../model/fact.ts';
import type { Finding, Remedy } from '../../model/finding.ts';
import type { EndpointSlice, ObjectMeta } from '../../model/kubernetes.ts';
import { stableLabels } from '../../model/labels.ts';
import { nearNames } from '../../model/nearNames.ts';
import { deadAddresses } from './deadAddress.ts';
import type { Judged } from './endpoints.ts';
import { allServed, type Inspection, nameOf, severityOf, slicesCommand } from './inspection.ts';
import { readiness } from './readiness.ts';
import { selectorRemedy } from './remedies.ts';
import { ignoredSlices } from './sliceFit.ts';

export async function withoutSelector(inspection: Inspection): Promise<Judged> {
  const { slices } = inspection;
  if (slices === undefined) return { findings: [], obstacles: [] };
  const addresses = slices.flatMap(({ endpoints }) => endpoints ?? []);
  if (addresses.length === 0)
    return allServed(inspection) ? { findings: [], obstacles: [] } : nothingWritten(inspection);
  const unfit = ignoredSlices(inspection);
  const dead = await deadAddresses(inspection);
  const [known, unready] = [unfit.length > 0, readiness(inspection)];
  return { findings: [...unfit, ...dead, ...(known ? [] : unready)], obstacles: [] };
}

const SERVICE_NAME = 'kubernetes.io/service-name';

async function nothingWritten(inspection: Inspection): Promise<Judged> {
  const { facts } = inspection;
  const { namespace, service } = facts.target;
  const all = await facts.ask(slicesIn(namespace));
  const astray = all.known ? all.value.items.filter((slice) => isAstray(slice, service)) : [];
  const obstacles: Obstacle[] = all.known ? [] : [all.obstacle];
  if (astray.length > 0) return { findings: astray.map((slice) => notLinked(inspection, slice)), obstacles };
  return { findings: [await noSlices(inspection)], obstacles };
}

/** A slice that nothing reads, by whose name or label this Service was meant. */
function isAstray(slice: EndpointSlice, service: string): boolean {
  const label = slice.metadata?.labels?.[SERVICE_NAME];
  if ((slice.endpoints ?? []).length === 0 || label === service) return false;
  if (label !== undefined) return nearNames(service, [label])[0]?.how === 'spelling';
  const name = nameOf(slice);
  return name === service || name.startsWith(`${service}-`) || nearNames(service, [name]).length > 0;
}

function notLinked(inspection: Inspection, slice: EndpointSlice): Finding {
  const { namespace, service } = inspection.facts.target;
  const name = nameOf(slice);
  const wrong = slice.metadata?.labels?.[SERVICE_NAME];
  const command = kubectl(namespace, 'get', 'endpointslice', name, '--show-labels');
  const ports = (slice.ports ?? []).map((port) => `${port.name ?? ''}:${port.port ?? ''}`);
  const link = [
    'label',
    'endpointslice',
    name,
    `${SERVICE_NAME}=${service}`,
    ...(wrong === undefined ? [] : ['--overwrite']),
  ];
  return {
    code: 'endpoints/slice-not-linked',
    severity: severityOf(inspection),
    breaks: 'selection',
    subject: { object: `endpointslice/${name}` },
    params: { slice: name, label: wrong ?? '' },
    evidence: [{ what: 'endpoints.slice', params: { slice: name, manager: '', ports }, command }],
    remedies: [
      {
        id: 'link-slice',
        commands: [kubectl(namespace, ...link)],
        patch: {
          target: { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', namespace, name },
          type: 'merge-patch+json',
          body: { metadata: { labels: { [SERVICE_NAME]: service } } },
        },
      },
    ],
  };
}

async function noSlices(inspection: Inspection): Promise<Finding> {
  const { facts, slices = [] } = inspection;
  const { namespace, service: name } = facts.target;
  const [old, workloads] = await Promise.all([
    facts.ask(endpointsObject(namespace, name)),
    facts.ask(workloadsIn(namespace)),
  ]);
  const items = workloads.known ? workloads.value.items : [];
  const near = nearNames(
    name,
    items.map((workload) => workload.name),
  )[0]?.name;
  const workload = items.find((one) => one.name === name) ?? items.find((one) => one.name === near);
  const remedies: Remedy<'add-selector' | 'create-slice'>[] = workload
    ? [selectorRemedy('add-selector', facts.target, stableLabels(workload.templateLabels))]
    : [];
  return {
    code: 'endpoints/no-selector-no-slices',
    severity: severityOf(inspection),
    breaks: 'selection',
    subject: {},
    params: {
      endpointsObject: old.known && (old.value?.subsets ?? []).length > 0,
      unmirrored: unmirrored(old.known ? old.value?.metadata : undefined),
      emptySlices: slices.map(nameOf),
      ...(workload && { workload: `${workload.kind}/${workload.name}` }),
    },
    evidence: [
      {
        what: 'endpoints.slices',
        params: { slices: slices.length, ready: 0, notReady: 0, terminating: 0 },
        command: slicesCommand(inspection),
      },
    ],
    remedies: [...remedies, { id: 'create-slice', commands: [kubectl(namespace, 'explain', 'endpointslice')] }],
  };
}

/**
 * Why the controller that copies Endpoints into slices leaves one out.
 * Source: pkg/controller/endpointslicemirroring/utils.go, shouldMirrorEndpoints.
 */
function unmirrored(metadata: ObjectMeta | undefined): 'label' | 'leader' | '' {
  if (metadata?.labels?.['endpointslice.kubernetes.io/skip-mirror'] === 'true') return 'label';
  return metadata?.annotations?.['control-plane.alpha.kubernetes.io/leader'] === undefined ? '' : 'leader';
}
