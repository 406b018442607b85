import { type Backend, backends } from '../model/backends.ts';
import { type Fact, known, valueOr } from '../model/fact.ts';
import type { Pod, ServicePort } from '../model/kubernetes.ts';
import type { Target } from '../model/target.ts';
import { slicesOf } from './api.ts';
import type { Question } from './facts.ts';
import { selectedPods, theService } from './pods.ts';

/** Whom the Service may send requests to: from its slices, and the pods that it selects beside them. */
export const backendsOf = (target: Target): Question<Backend[]> => ({
  key: `backends of ${target.namespace}/${target.service}`,
  ask: async ({ facts }): Promise<Fact<Backend[]>> => {
    const [service, slices, pods] = await Promise.all([
      theService(facts, target),
      facts.ask(slicesOf(target)),
      facts.ask(selectedPods(target)),
    ]);
    if (!service.known) return service;
    if (!slices.known && !pods.known) return slices;
    const empty = { items: [], more: false };
    return known(
      backends(
        service.value.spec?.ports ?? [],
        valueOr(slices, empty).items,
        valueOr<{ items: Pod[] }, typeof empty>(pods, empty).items,
      ),
    );
  },
});

/** The ports in the scope that was asked for: all of them, or the one of --port. */
export const portsInScope = (ports: readonly ServicePort[] | undefined, { port }: Target): ServicePort[] =>
  (ports ?? []).filter((candidate) => port === undefined || String(candidate.port) === port || candidate.name === port);

export const isTcp = ({ protocol }: ServicePort): boolean => (protocol ?? 'TCP') === 'TCP';

/** Cluster IPs that packets can be sent to: none of a headless Service or an ExternalName. */
export const clusterIPsOf = (spec: { clusterIP?: string; clusterIPs?: string[] } | undefined): string[] =>
  (spec?.clusterIPs ?? (spec?.clusterIP ? [spec.clusterIP] : [])).filter((ip) => ip !== '' && ip !== 'None');
