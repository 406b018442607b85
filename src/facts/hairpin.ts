/** A backend that asks its own Service. */
import type { Backend } from '../model/backends.ts';
import { known, unknown, valueOr } from '../model/fact.ts';
import type { Page, Pod } from '../model/kubernetes.ts';
import { portKey } from '../model/ports.ts';
import type { Attempt, ProbeQuestion } from '../model/probe.ts';
import { reachOf } from '../model/reach.ts';
import { isShy } from '../model/samples.ts';
import { backendsOf, clusterIPsOf, isTcp, portsInScope } from './backends.ts';
import type { Facts, Question } from './facts.ts';
import { selectedPods, theService } from './pods.ts';
import type { ProbeReport } from './probe.ts';
import { speechOf } from './speak.ts';
import { vantageIn } from './vantage.ts';

/** Enough tries that the backend meets itself: with three backends (2/3)^20 is less than 1 in 1000. */
const TRIES = 20;

/** Ready backends that a request can be sent from: pods that run. */
export async function readyPods(facts: Facts): Promise<{ backend: Backend; pod: Pod }[]> {
  const [backends, pods] = await Promise.all([
    facts.ask(backendsOf(facts.target)),
    facts.ask(selectedPods(facts.target)),
  ]);
  const items = valueOr<Page<Pod>, { items: Pod[] }>(pods, { items: [] }).items;
  return valueOr(backends, []).flatMap((backend) => {
    const pod = items.find(({ metadata }) => metadata?.name === backend.name);
    return backend.ready && pod && !pod.spec?.hostNetwork ? [{ backend, pod }] : [];
  });
}

/** The backend that is asked, and what it heard of its own Service. */
export const selfReport = ({ namespace, service }: Facts['target']): Question<ProbeReport> => ({
  key: `hairpin ${namespace}/${service}`,
  ask: async ({ facts, cluster, askFrom }) => {
    if (!facts.consent.probe) return unknown({ kind: 'not-consented', flag: '--yes' });
    const [found, ready] = await Promise.all([theService(facts), readyPods(facts)]);
    if (!found.known) return found;
    const [first] = ready;
    if (!first) return unknown({ kind: 'not-applicable', reason: 'no ready backend to ask from' });
    const ports = portsInScope(found.value.spec?.ports, facts.target).filter(isTcp);
    const host = `${service}.${namespace}`;
    const questions = clusterIPsOf(found.value.spec)
      .slice(0, 1)
      .flatMap((address) =>
        ports.flatMap((port): ProbeQuestion[] => {
          const number = first.backend.ports[portKey(port)];
          const spoken = speechOf(
            port,
            ready.map(({ pod }) => pod),
            facts.target,
          );
          const tries = ready.length === 1 ? 2 : isShy(number ?? 0) ? ready.length : TRIES;
          return [{ ask: 'connect', address, port: port.port, tries, ...(spoken && { speak: { ...spoken, host } }) }];
        }),
      );
    const vantage = vantageIn(first.pod);
    const answers = await askFrom(cluster, vantage, questions);
    if (!answers.known) return answers;
    const heard = { vantage, questions, ...answers.value };
    if (!answers.value.answers.some((answer) => answer && 'attempts' in answer && isMixed(answer.attempts)))
      return known(heard);
    // a loaded node drops connections too: only what comes again is hairpin
    const again = await askFrom(cluster, vantage, questions);
    return again.known
      ? known({
          ...heard,
          questions: [...questions, ...questions],
          answers: [...heard.answers, ...again.value.answers],
        })
      : known(heard);
  },
});

const isMixed = (attempts: readonly Attempt[]): boolean => {
  const reach = reachOf(attempts);
  return reach !== undefined && reach.failures > 0 && reach.answered > 0;
};
