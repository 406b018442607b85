import { portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { theService } from '../../facts/pods.ts';
import { strangersOf } from '../../facts/strangers.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import { hidden, outcome, skipped } from '../../model/outcome.ts';
import type { Step } from '../step.ts';
import { checkClosed } from './closed.ts';
import { headlessRemap } from './headless.ts';
import { type Inspection, inspect, isServed } from './inspection.ts';
import { checkNames } from './names.ts';
import { noSuchPort } from './noSuchPort.ts';
import { notes, portNotes } from './notes.ts';
import { protocolMismatch } from './protocol.ts';
import { wholeService } from './wholeService.ts';
import './findings.ts';

/** Whether ports, targetPorts, protocols and address families of the Service fit its pods. */
export const spec: Step = {
  id: 'spec',
  async check(facts: Facts) {
    const service = await theService(facts);
    if (!service.known) {
      return service.obstacle.kind === 'not-applicable'
        ? skipped({ what: 'spec.no-service', params: {} })
        : hidden(service.obstacle);
    }
    if (service.value.spec?.type === 'ExternalName') return skipped({ what: 'spec.external-name', params: {} });
    const inspection = await inspect(facts, service.value);
    const ports = portsInScope(service.value.spec?.ports, facts.target);
    const found = await Promise.all([
      noSuchPort(inspection),
      // ports of another application say nothing about those of this Service
      ...((await findsStrangers(inspection, ports)) ? [] : ports).flatMap((port) => [
        checkNames(inspection.planned.length > 0 ? { ...inspection, pods: inspection.planned } : inspection, port),
        checkClosed(inspection, port),
        protocolMismatch(inspection, port),
        headlessRemap(inspection, port),
      ]),
    ]);
    const whole = await wholeService(inspection);
    const obstacles = [...inspection.obstacles, ...whole.obstacles];
    return outcome({
      findings: [...found.flat(), ...whole.findings],
      observations: [...ports.flatMap((port) => portNotes(inspection, port)), ...notes(inspection)],
      obstacles,
      // what answers need not be read
      hides: obstacles.length > 0 && !ports.every((port) => isServed(inspection, port)),
    });
  },
};

/** Asked only where something fails. */
async function findsStrangers(inspection: Inspection, ports: readonly ServicePort[]): Promise<boolean> {
  const { facts, pods } = inspection;
  if (pods.length === 0 || ports.every((port) => isServed(inspection, port))) return false;
  const strangers = await facts.ask(strangersOf(facts.target));
  return strangers.known && strangers.value !== null;
}
