import type { EndpointSlice, Service } from '../model/kubernetes.ts';
import type { WizardText } from '../text/wizard.ts';
import type { Choice } from './prompter.ts';

/** The Services to pick from, those that look unhealthy first, then by name. */
export function serviceChoices(
  services: readonly Service[],
  /** Undefined: they could not be read, and nothing looks unhealthy. */
  slices: readonly EndpointSlice[] | undefined,
  text: WizardText,
): Choice<string>[] {
  return services
    .map((service) => ({ service, counts: slices && countsOf(service, slices) }))
    .map(({ service, counts }) => ({ name: nameOf(service), counts, service, well: isWell(service, counts) }))
    .sort((a, b) => Number(a.well) - Number(b.well) || (a.name < b.name ? -1 : 1))
    .map(({ name, service, counts }) => ({ value: name, label: name, note: note(service, counts, text) }));
}

interface Counts {
  ready: number;
  of: number;
}

const nameOf = ({ metadata }: Service) => metadata?.name ?? '';

/** Whether it takes its endpoints from pods by a selector; others need none, or get theirs elsewhere. */
const selects = ({ spec }: Service) => spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0;

const isWell = (service: Service, counts: Counts | undefined) =>
  !selects(service) || counts === undefined || counts.ready > 0;

function countsOf(service: Service, slices: readonly EndpointSlice[]): Counts {
  const own = slices.filter(({ metadata }) => metadata?.labels?.['kubernetes.io/service-name'] === nameOf(service));
  // dual stack: every pod stands in a slice of each family
  const [family] = own.map(({ addressType }) => addressType);
  const endpoints = own.filter(({ addressType }) => addressType === family).flatMap((slice) => slice.endpoints ?? []);
  // a condition that is absent counts as ready: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
  return { ready: endpoints.filter(({ conditions }) => conditions?.ready !== false).length, of: endpoints.length };
}

function note({ spec, ...service }: Service, counts: Counts | undefined, text: WizardText): string {
  const address = spec?.type === 'ExternalName' ? `-> ${spec.externalName ?? ''}` : addressOf(spec);
  const ports = (spec?.ports ?? []).map(({ port }) => port).join(',');
  const state = counts && selects({ spec: spec ?? {}, ...service }) ? text.endpoints(counts.ready, counts.of) : '';
  return [address.padEnd(15), ports.padEnd(9), state].join(' ').trimEnd();
}

const addressOf = (spec: Service['spec']) => (spec?.clusterIP === 'None' ? 'headless' : (spec?.clusterIP ?? ''));
