import type { Facts } from '../../facts/facts.ts';
import { theService } from '../../facts/pods.ts';
import type { Finding } from '../../model/finding.ts';
import { hidden, outcome, skipped } from '../../model/outcome.ts';
import { hasSelector } from '../../model/selector.ts';
import type { Outcome } from '../../model/step.ts';
import type { Step } from '../step.ts';
import { deadAddresses } from './deadAddress.ts';
import { allServed, type Inspection, inspect } from './inspection.ts';
import { leaving } from './leaving.ts';
import { notes } from './notes.ts';
import { nothingSelected } from './nothingSelected.ts';
import { otherApp } from './otherApp.ts';
import { readiness } from './readiness.ts';
import { withoutSelector } from './selectorless.ts';
import { controllerStale } from './stale.ts';
import './findings.ts';

/** Whether the Service has endpoints: what it selects, whether that is listed in its EndpointSlices, and what else is. */
export const endpoints: Step = {
  id: 'endpoints',
  async check(facts: Facts) {
    const service = await theService(facts);
    if (!service.known) {
      return service.obstacle.kind === 'not-applicable'
        ? skipped({ what: 'endpoints.no-service', params: {} })
        : hidden(service.obstacle);
    }
    if (service.value.spec?.type === 'ExternalName') return skipped({ what: 'endpoints.external-name', params: {} });
    return judge(await inspect(facts, service.value));
  },
};

async function judge(inspection: Inspection): Promise<Outcome> {
  const { findings, obstacles } = hasSelector(inspection.service.spec?.selector)
    ? await withSelector(inspection)
    : await withoutSelector(inspection);
  const all = [...inspection.obstacles, ...obstacles];
  return outcome({
    findings,
    observations: notes(inspection),
    obstacles: all,
    // what answers need not be read, and the slices tell of every pod
    hides: inspection.obstacles.some(({ kind }) => kind !== 'partial-list') && !allServed(inspection),
  });
}

export interface Judged {
  findings: Finding[];
  /** What could not be read beside the pods and slices. */
  obstacles: Outcome['obstacles'];
}

async function withSelector(inspection: Inspection): Promise<Judged> {
  const { pods } = inspection;
  if (pods?.length === 0) return nothingSelected(inspection);
  const gone = pods && leaving(inspection, pods);
  if (gone) return { findings: [gone], obstacles: [] };
  const [stale, dead, other] = await Promise.all([
    controllerStale(inspection),
    deadAddresses(inspection),
    otherApp(inspection),
  ]);
  return { findings: [...stale, ...dead, ...other, ...readiness(inspection)], obstacles: [] };
}
