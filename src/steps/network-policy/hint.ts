import type { Hint } from '../../model/networkPolicy/hint.ts';
import type { UnmetRequirement } from '../../model/selector.ts';
import type { HintParams } from './findings.ts';
import { printRef } from './seen.ts';

export const NO_HINT: HintParams = { hint: '', hintPolicy: '', hintRule: 0, listed: '', wanted: '', both: false };

/** What `found` has of a requirement: `app=front-end`, or `no app`. */
const foundOf = ({ key, found }: UnmetRequirement): string => (found === undefined ? `no ${key}` : `${key}=${found}`);

function wantedOf({ key, operator, values }: UnmetRequirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `no ${key}`;
  const list = values.length === 1 ? values[0] : `(${values.join(', ')})`;
  return operator === 'In' ? `${key}=${list}` : `${key} other than ${list}`;
}

/** The first hint as parameters of a finding. */
export function hintParams([hint]: readonly Hint[], home: string): HintParams {
  if (!hint) return NO_HINT;
  const rule = 'rule' in hint ? hint.rule + 1 : 0;
  const common = {
    hint: hint.kind,
    hintPolicy: printRef(home)(hint),
    hintRule: rule,
    both: 'combined' in hint && hint.combined,
  };
  return { ...common, ...detail(hint) };
}

function detail(hint: Hint): Pick<HintParams, 'listed' | 'wanted'> {
  switch (hint.kind) {
    case 'no-rules':
      return { listed: hint.direction, wanted: hint.forgotten ? 'forgotten' : '' };
    case 'service-port':
      return { listed: String(hint.servicePort), wanted: String(hint.podPort) };
    case 'named-port-missing':
      return { listed: hint.name, wanted: hint.declared.join(', ') };
    case 'protocol':
      return { listed: hint.listed, wanted: hint.wanted };
    case 'port':
      return { listed: hint.listed.join(', '), wanted: hint.wanted };
    case 'namespace-label':
      return {
        listed: `${hint.inNamespace}: ${hint.unmet.map(foundOf).join(', ')}`,
        wanted: hint.unmet.map(wantedOf).join(', '),
      };
    case 'pod-label':
      return { listed: hint.unmet.map(foundOf).join(', '), wanted: hint.unmet.map(wantedOf).join(', ') };
    case 'own-namespace-only':
      return { listed: hint.namespace, wanted: hint.inNamespace };
    case 'ip-block-except':
      return { listed: hint.except, wanted: hint.address };
    case 'ip-block-cluster-ip':
      return { listed: hint.clusterIP, wanted: '' };
  }
}
