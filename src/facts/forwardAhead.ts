import type { Backend } from '../model/backends.ts';
import { valueOr } from '../model/fact.ts';
import type { Service } from '../model/kubernetes.ts';
import { portKey } from '../model/ports.ts';
import { backendsOf, isTcp, portsInScope } from './backends.ts';
import type { Facts } from './facts.ts';
import { forwardedTo } from './forward.ts';
import { spokenTo, viaBackend } from './heard.ts';
import type { ProbeReport } from './probe.ts';

const MOST_PORTS = 3;

/**
 * Connects into the first backend of each port that answers nothing, while the follow-ups are asked: whether its process
 * answers on its own loopback will be wanted, and takes seconds where it does not.
 */
export async function forwardAhead(facts: Facts, report: ProbeReport, { spec }: Service): Promise<void> {
  if (!facts.consent.probe) return;
  const backends = valueOr(await facts.ask(backendsOf(facts.target)), [] as Backend[]);
  const ports = portsInScope(spec?.ports, facts.target).filter(isTcp).slice(0, MOST_PORTS);
  await Promise.all(
    ports.flatMap((port) => {
      const mute = backends.find((backend) => backend.ready && viaBackend(report, backend, port)?.answered === 0);
      const number = mute?.ports[portKey(port)];
      if (!mute || number === undefined || mute.name === mute.address) return [];
      const path = spokenTo(report, { backend: mute, number })?.path;
      return [facts.ask(forwardedTo(facts.target.namespace, mute.name, number, path))];
    }),
  );
}
