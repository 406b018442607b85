import { serviceOf } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import { hidden } from '../../model/outcome.ts';
import type { Step } from '../step.ts';
import { missing } from './missing.ts';
import { present } from './present.ts';
import './findings.ts';

/** Whether the Service asked for is there; where it is not, which one was meant, and who misses it. */
export const exists: Step = {
  id: 'exists',
  async check(facts: Facts) {
    const service = await facts.ask(serviceOf(facts.target));
    if (!service.known) return hidden(service.obstacle);
    return service.value === null ? missing(facts) : present(facts, service.value);
  },
};
