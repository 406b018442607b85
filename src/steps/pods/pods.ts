import type { Facts } from '../../facts/facts.ts';
import { meantBackends, meantPods } from '../../facts/meant.ts';
import { podStatesOf } from '../../facts/podStates.ts';
import { theService } from '../../facts/pods.ts';
import { mainReport } from '../../facts/reports.ts';
import { valueOr } from '../../model/fact.ts';
import type { Pod } from '../../model/kubernetes.ts';
import { outcome, skipped, withoutService } from '../../model/outcome.ts';
import { isReady } from '../../model/ready.ts';
import type { Step } from '../step.ts';
import { creationFindings } from './creation.ts';
import { listeners } from './listeners.ts';
import { stateNotes } from './notes.ts';
import { stateFindings } from './states.ts';
import './findings.ts';

/** Whether the pods of the Service run, are ready, and answer on their own addresses. */
export const pods: Step = {
  id: 'pods',
  async check(facts: Facts) {
    const service = await theService(facts);
    if (!service.known) return withoutService(service.obstacle, { what: 'pods.no-service', params: {} });
    if (service.value.spec?.type === 'ExternalName') return skipped({ what: 'pods.external-name', params: {} });
    const [states, selected, report] = await Promise.all([
      facts.ask(podStatesOf(facts.target)),
      facts.ask(meantPods(facts.target)),
      mainReport(facts),
    ]);
    const items = valueOr<{ items: Pod[] }, { items: Pod[] }>(selected, { items: [] }).items;
    const behind = valueOr(await facts.ask(meantBackends(facts.target)), []);
    if (selected.known && items.length === 0 && behind.length === 0) {
      const findings = await creationFindings(facts);
      const none = { what: 'pods.none', params: {} } as const;
      return findings.length > 0 ? outcome({ findings, observations: [none] }) : skipped(none);
    }
    const heard = report.known
      ? await listeners(facts, service.value, report.value)
      : { findings: [], observations: [], obstacles: [report.obstacle], failing: [] };
    const published = service.value.spec?.publishNotReadyAddresses ?? false;
    const troubles = states.known
      ? await stateFindings(facts, states.value, { pods: items, failing: heard.failing, published })
      : [];
    const nobodyServes = items.length > 0 && items.every((pod) => !isReady(pod));
    const unmade = nobodyServes ? await creationFindings(facts, items) : [];
    return outcome({
      findings: [...troubles, ...unmade, ...heard.findings],
      observations: [...(states.known ? stateNotes(facts, states.value, items) : []), ...heard.observations],
      obstacles: [...(states.known ? states.value.obstacles : [states.obstacle]), ...heard.obstacles],
      hides: !report.known || heard.obstacles.length > 0,
    });
  },
};
