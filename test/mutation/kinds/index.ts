import type { Kind } from '../lib/change.ts';
import { clientKinds } from './clients.ts';
import { labelKinds } from './labels.ts';
import { podKinds } from './pods.ts';
import { policyKinds } from './policies.ts';
import { portKinds } from './ports.ts';
import { processKinds } from './processes.ts';
import { serviceKinds } from './services.ts';

const nothing: Kind = {
  name: 'nothing',
  title: 'nothing: the manifests as they are',
  blames: [],
  changes: () => [{ what: 'nothing', apply: () => {} }],
};

/** Every kind of mutation, in the order of the table. */
export const KINDS: readonly Kind[] = [
  nothing,
  ...labelKinds,
  ...portKinds,
  ...serviceKinds,
  ...podKinds,
  ...processKinds,
  ...clientKinds,
  ...policyKinds,
];
