/** The cluster's DNS server as the API has it: its Service, its pods, its configuration and what it logs. */
import type { Backend } from '../model/backends.ts';
import { type Fact, known, mapFact, type Obstacle, valueOr } from '../model/fact.ts';
import type { Pod, Service } from '../model/kubernetes.ts';
import type { Target } from '../model/target.ts';
import { type DnsLog, parseDnsLog } from '../parse/coreDnsLog.ts';
import {
  type ClusterZone,
  clusterZoneFor,
  interceptors,
  parseCorefile,
  type ServerBlock,
  servedZones,
} from '../parse/corefile.ts';
import { configMapNamed, logOf, serviceOf, slicesOf } from './api.ts';
import { backendsOf } from './backends.ts';
import { DNS_TARGET, dnsTarget } from './dnsService.ts';
import type { Facts } from './facts.ts';
import { selectedPods } from './pods.ts';

export interface DnsServer {
  target: Target;
  /** `null`: there is none. Undefined: it could not be read. */
  service: Service | null | undefined;
  /** Where queries to the Service may be sent, ready or not. */
  backends: Backend[];
  pods: Pod[];
  /** What of it could not be read. */
  obstacles: Obstacle[];
}

/** What the API knows of the DNS server. */
export async function dnsServer(facts: Facts): Promise<DnsServer> {
  const target = valueOr(await dnsTarget(facts), DNS_TARGET);
  const [service, backends, pods, slices] = await Promise.all([
    facts.ask(serviceOf(target)),
    facts.ask(backendsOf(target)),
    facts.ask(selectedPods(target)),
    // backends are known without their slices, and then none of them looks ready
    facts.ask(slicesOf(target)),
  ]);
  const there = service.known && service.value !== null;
  return {
    target,
    service: valueOr(service, undefined),
    backends: valueOr(backends, []),
    pods: valueOr(pods, { items: [] as Pod[] }).items,
    obstacles: [service, ...(there ? [backends, pods, slices] : [])].flatMap((fact) =>
      fact.known ? [] : [fact.obstacle],
    ),
  };
}

/** What the Corefile says about a domain. */
export interface Zones {
  /** How the domain is served; absent: it is not. */
  zone?: ClusterZone;
  /** The domains of Services that are served at all. */
  served: string[];
  /** Lines that may answer in the `kubernetes` plugin's stead. */
  interceptors: string[];
}

/** From the ConfigMap in which kubeadm and most others keep the Corefile; `null` when there is none. */
export async function zonesOf(facts: Facts, { target }: DnsServer, domain: string): Promise<Fact<Zones | null>> {
  const configMap = await facts.ask(configMapNamed(target.namespace, COREFILE.name));
  return mapFact(configMap, (found) => {
    const text = found?.data?.[COREFILE.key];
    return text === undefined ? null : zonesIn(parseCorefile(text), domain);
  });
}

function zonesIn(blocks: readonly ServerBlock[], domain: string): Zones {
  const zone = clusterZoneFor(blocks, domain);
  return {
    ...(zone && { zone }),
    served: servedZones(blocks),
    interceptors: interceptors(blocks, domain),
  };
}

export const COREFILE = { name: 'coredns', key: 'Corefile' } as const;

/** What the containers of a DNS pod said: of the run that ended, where there was one, and of the one that is on. */
export async function dnsLog(facts: Facts, pod: Pod): Promise<Fact<DnsLog>> {
  const { namespace = '', name = '' } = pod.metadata ?? {};
  const container = pod.spec?.containers[0]?.name ?? '';
  const restarted = (pod.status?.containerStatuses ?? []).some(({ restartCount }) => restartCount > 0);
  const [before, current] = await Promise.all([
    restarted ? facts.ask(logOf(namespace, name, container, { previous: true })) : known(null),
    facts.ask(logOf(namespace, name, container)),
  ]);
  if (!before.known && !current.known) return current;
  const text = [before, current].map((log) => valueOr(log, null) ?? '').join('\n');
  return known(parseDnsLog(text));
}

export type { DnsLog };
