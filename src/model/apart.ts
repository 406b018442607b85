/** What some of several alike share, and none of the others has: where to look for why they fail. Pure. */
import type { EndpointSlice, Labels, Pod } from './kubernetes.ts';
import { stableLabels } from './labels.ts';

/** One pod as it can be told from its peers. What is not known of it is absent. */
export interface Member {
  node?: string;
  zone?: string;
  /** Hash of the pod template or of the controller's revision. */
  revision?: string;
  /** As `app=shop/web:2`, by container. */
  images: readonly string[];
  /** What really runs, as `app@sha256:0123456789ab`: a tag may have been moved between two pulls. */
  digests: readonly string[];
  /** `IPv4`, `IPv6` or `IPv4+IPv6`. */
  family?: string;
  labels: Labels;
  ageSeconds?: number;
}

/** What sets them apart; what does not is absent. */
export interface Apart {
  node?: string;
  zone?: string;
  revision?: string;
  family?: string;
  images: string[];
  /** As `version=2`. */
  labels: string[];
  /** All of them are much younger, or much older, than all others: age in seconds of the nearest two. */
  ages?: { own: number; others: number };
}

const REVISION_LABELS = ['pod-template-hash', 'controller-revision-hash', 'rollouts-pod-template-hash'];

/** @param zones zone by pod name, as EndpointSlices tell it */
export function member(pod: Pod, zones: ReadonlyMap<string, string>, ageSeconds: number | undefined): Member {
  const { metadata, spec, status } = pod;
  const labels = metadata?.labels ?? {};
  const revision = REVISION_LABELS.flatMap((key) => labels[key] ?? [])[0];
  const zone = zones.get(metadata?.name ?? '');
  const families = (status?.podIPs ?? []).map(({ ip }) => (ip.includes(':') ? 'IPv6' : 'IPv4'));
  const family = [...new Set(families)].sort().join('+');
  return {
    ...(spec?.nodeName !== undefined && { node: spec.nodeName }),
    ...(zone !== undefined && { zone }),
    ...(revision !== undefined && { revision }),
    images: (spec?.containers ?? []).map(({ name, image }) => `${name}=${image ?? ''}`),
    digests: digestsOf(pod),
    ...(family !== '' && { family }),
    labels: stableLabels(labels),
    ...(ageSeconds !== undefined && { ageSeconds }),
  };
}

const digestsOf = ({ status }: Pod): string[] =>
  (status?.containerStatuses ?? []).flatMap(({ name, imageID }) => {
    const [digest] = /sha256:[0-9a-f]{12}/.exec(imageID) ?? [];
    return digest ? [`${name}@${digest}`] : [];
  });

/** Zones of the pods in these slices, by pod name. */
export const zonesOf = (slices: readonly EndpointSlice[]): Map<string, string> =>
  new Map(
    // an empty list is null in what the API server sends
    slices.flatMap(({ endpoints }) =>
      (endpoints ?? []).flatMap(({ targetRef, zone }) =>
        targetRef?.name && zone ? [[targetRef.name, zone] as const] : [],
      ),
    ),
  );

/** Undefined where nothing does, or where there is nobody to compare with. */
export function setsApart(bad: readonly Member[], good: readonly Member[]): Apart | undefined {
  const [first] = bad;
  if (!first || good.length === 0) return undefined;
  const told = (of: (one: Member) => readonly string[]) =>
    good.every((one) => of(one).length > 0) ? own(bad, good, of) : [];
  const [node] = told(({ node }) => asList(node));
  const [zone] = told(({ zone }) => asList(zone));
  const [family] = told(({ family }) => asList(family));
  const [revision] = told(({ revision }) => asList(revision));
  const images = own(bad, good, (one) => one.images);
  const ages = farApart(bad, good);
  const found: Apart = {
    ...(node !== undefined && { node }),
    ...(zone !== undefined && { zone }),
    ...(revision !== undefined && { revision }),
    ...(family !== undefined && { family }),
    // where the tags differ already, digests say nothing more
    images: images.length > 0 ? images : told(({ digests }) => digests),
    labels: own(bad, good, ({ labels }) => Object.entries(labels).map(([key, value]) => `${key}=${value}`)),
    ...(ages && { ages }),
  };
  return Object.values(found).some((value) => !Array.isArray(value) || value.length > 0) ? found : undefined;
}

const asList = (value: string | undefined): string[] => (value === undefined ? [] : [value]);

/** The values that all bad ones have and no good one. */
function own(bad: readonly Member[], good: readonly Member[], of: (one: Member) => readonly string[]): string[] {
  const [first, ...rest] = bad;
  const shared = (first ? of(first) : []).filter((value) => rest.every((other) => of(other).includes(value)));
  return shared.filter((value) => good.every((other) => !of(other).includes(value)));
}

/** So much older or younger that it is no chance: pods of one rollout are of nearly one age. */
const FACTOR = 2;

function farApart(bad: readonly Member[], good: readonly Member[]): Apart['ages'] {
  const [theirs, others] = [rangeOf(bad), rangeOf(good)];
  if (!theirs || !others) return undefined;
  if (theirs.oldest * FACTOR < others.youngest) return { own: theirs.oldest, others: others.youngest };
  return theirs.youngest > others.oldest * FACTOR ? { own: theirs.youngest, others: others.oldest } : undefined;
}

function rangeOf(members: readonly Member[]): { youngest: number; oldest: number } | undefined {
  const ages = members.flatMap(({ ageSeconds }) => ageSeconds ?? []);
  return ages.length < members.length ? undefined : { youngest: Math.min(...ages), oldest: Math.max(...ages) };
}
