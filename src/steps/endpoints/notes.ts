import { ENDPOINT_SLICE_CONTROLLER, MIRRORING_CONTROLLER, slicesByManager, UNMANAGED } from '../../model/endpoints.ts';
import type { Observation } from '../../model/finding.ts';
import type { EndpointSlice } from '../../model/kubernetes.ts';
import { hasSelector } from '../../model/selector.ts';
import { type Inspection, nameOf, selectedNote } from './inspection.ts';
import { workloadGroups, workloadsNote } from './otherApp.ts';
import { slicesNote } from './readiness.ts';

/** What was seen, whatever it amounts to: what is selected, what is listed, and what is listed beside it. */
export function notes(inspection: Inspection): Observation[] {
  const { pods, slices, service } = inspection;
  const selects = hasSelector(service.spec?.selector);
  return [
    ...(selects && pods !== undefined ? [selectedNote(inspection)] : []),
    ...(slices !== undefined ? [slicesNote(inspection)] : []),
    ...(selects && workloadGroups(inspection).length > 1 ? [workloadsNote(inspection)] : []),
    ...(selects ? foreign(inspection) : []),
    ...fallback(inspection),
    ...overCapacity(inspection),
  ];
}

/** Most addresses that an Endpoints object holds, and that the mirroring controller copies of one. Slices hold all. */
const ENDPOINTS_CAPACITY = 1000;

/** https://kubernetes.io/docs/concepts/services-networking/service/#over-capacity-endpoints */
function overCapacity({ slices = [] }: Inspection): Observation[] {
  const count = (some: readonly EndpointSlice[]) => some.flatMap(({ endpoints }) => endpoints ?? []).length;
  const mirrored = count(slicesByManager(slices).get(MIRRORING_CONTROLLER) ?? []) >= ENDPOINTS_CAPACITY;
  const listed = count(slices);
  if (!mirrored && listed <= ENDPOINTS_CAPACITY) return [];
  return [{ what: 'endpoints.over-capacity', params: { listed, mirrored } }];
}

function foreign({ slices = [] }: Inspection): Observation[] {
  return [...slicesByManager(slices)]
    .filter(([manager]) => manager !== ENDPOINT_SLICE_CONTROLLER)
    .flatMap(([manager, made]) =>
      made.map(
        (slice): Observation => ({
          what: 'endpoints.foreign-slice',
          params: {
            slice: nameOf(slice),
            manager: manager === UNMANAGED || manager === MIRRORING_CONTROLLER ? '' : manager,
          },
        }),
      ),
    );
}

/** Nothing is ready, and pods on their way out stand in (KEP-1669). */
function fallback({ slices = [] }: Inspection): Observation[] {
  const listed = slices.flatMap(({ endpoints }) => endpoints ?? []);
  if (listed.some(({ conditions }) => conditions?.ready ?? true)) return [];
  const count = listed.filter(({ conditions }) => (conditions?.serving ?? true) && conditions?.terminating).length;
  return count > 0 ? [{ what: 'endpoints.fallback', params: { count } }] : [];
}
