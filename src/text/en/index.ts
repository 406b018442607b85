import type { Catalogue } from '../catalogue.ts';
import { access } from './access.ts';
import { changes } from './changes.ts';
import { dns } from './dns.ts';
import { endpoints } from './endpoints.ts';
import { exists } from './exists.ts';
import { hairpin } from './hairpin.ts';
import { ip } from './ip.ts';
import { kubeProxy } from './kubeProxy.ts';
import { networkPolicy } from './networkPolicy.ts';
import { answers, obstacles } from './obstacles.ts';
import { pods } from './pods.ts';
import { spec } from './spec.ts';
import { steps } from './steps.ts';
import { ui } from './ui.ts';

const parts = [access, exists, networkPolicy, dns, ip, spec, endpoints, pods, kubeProxy, hairpin];

/** English, the language in which svc-debug is written. */
export const en: Catalogue = {
  steps,
  findings: Object.assign({}, ...parts.map(({ findings }) => findings)),
  observations: Object.assign({}, ...parts.map(({ observations }) => observations)),
  obstacles,
  answers,
  changes,
  ui,
};
