import type { Facts } from '../facts/facts.ts';
import type { Step as AnyStep } from '../model/step.ts';

export type Step = AnyStep<Facts>;
