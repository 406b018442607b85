/** Processes that hang with a full queue of connections: from afar they look like packets that are dropped. */
import type { Backend } from '../model/backends.ts';
import type { ServicePort } from '../model/kubernetes.ts';
import { portKey } from '../model/ports.ts';
import type { Facts } from './facts.ts';
import { forwardedTo } from './forward.ts';
import { spokenTo, viaBackend } from './heard.ts';
import type { ProbeReport } from './probe.ts';

/** At four seconds each, side by side. */
const MOST_ASKED = 6;

/**
 * Names of ready backends that are silent on their own address and on their own loopback as well, where no policy, rule or
 * network is on the way. Asked are those that are spoken to, of each node two.
 */
export async function hungBackends(
  facts: Facts,
  report: ProbeReport,
  ports: readonly ServicePort[],
  backends: readonly Backend[],
): Promise<string[]> {
  if (!facts.consent.probe) return [];
  const silent = ports.flatMap((port) => silentOn(report, port, backends)).filter(firstOfNode(2));
  const heard = await Promise.all(
    silent.slice(0, MOST_ASKED).map(async ({ backend, number, path }) => {
      const inside = await facts.ask(forwardedTo(facts.target.namespace, backend.name, number, path));
      return inside.known && inside.value.outcome === 'silent' ? [backend.name] : [];
    }),
  );
  return [...new Set(heard.flat())];
}

interface Silent {
  backend: Backend;
  number: number;
  path: string;
}

const silentOn = (report: ProbeReport, port: ServicePort, backends: readonly Backend[]): Silent[] =>
  backends.flatMap((backend) => {
    const number = backend.ports[portKey(port)];
    const reach = viaBackend(report, backend, port);
    if (number === undefined || !backend.ready || reach?.answered !== 0 || reach.failure !== 'silent') return [];
    const spoken = spokenTo(report, { backend, number });
    return spoken && backend.name !== backend.address ? [{ backend, number, path: spoken.path }] : [];
  });

const firstOfNode =
  (most: number) =>
  ({ backend }: Silent, index: number, all: readonly Silent[]): boolean =>
    all.slice(0, index).filter((other) => other.backend.node === backend.node).length < most;
