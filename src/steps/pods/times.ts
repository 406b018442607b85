/** How fast each backend answers, and which does so far slower than its peers. */
import type { Facts } from '../../facts/facts.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import { middle, slowAmong } from '../../model/slow.ts';
import { apart } from '../apart.ts';
import { repeat } from '../repeat.ts';
import type { Asked } from './listeners.ts';

/** Count, median and slowest answer of a backend. Detail: a line for each would hide what matters. */
export const timesNote = (report: ProbeReport, port: string, { backend, number, reach }: Asked): Observation => ({
  what: 'pods.backend',
  params: {
    pod: backend.name,
    port,
    number,
    asked: reach.asked,
    answered: reach.answered,
    medianMs: reach.medianMs,
    slowestMs: reach.slowestMs,
  },
  command: repeat(report, { address: backend.address, port: number }),
  detail: true,
});

/** Requests are answered, so that it is a warning: but every request that goes there takes as long. */
export async function slowFindings(
  facts: Facts,
  report: ProbeReport,
  port: ServicePort,
  asked: readonly Asked[],
): Promise<Finding[]> {
  const slow = slowAmong(asked);
  const [first] = slow;
  if (!first) return [];
  const key = portKey(port);
  const quick = asked.filter((one) => !slow.includes(one) && one.reach.answered > 0);
  const names = slow.map(({ backend }) => backend.name);
  const others = quick.map(({ backend }) => backend.name);
  const { namespace } = facts.target;
  return [
    {
      code: 'pods/slow',
      severity: 'warning',
      breaks: 'listener',
      subject: { port: key, ...(names.length === 1 && { backend: first.backend.name }) },
      params: {
        port: key,
        number: first.number,
        pods: names,
        medianMs: first.reach.medianMs,
        slowestMs: Math.max(...slow.map(({ reach }) => reach.slowestMs)),
        asked: first.reach.asked,
        othersMs: middle(quick.map(({ reach }) => reach.medianMs)) ?? 0,
      },
      evidence: [...slow.slice(0, 2).map((one) => timesNote(report, key, one)), ...(await apart(facts, names, others))],
      remedies: [{ id: 'look-at-load', commands: [kubectl(namespace, 'top', 'pod', '--containers')] }],
    },
  ];
}
