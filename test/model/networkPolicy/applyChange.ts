import type { NetworkPolicy, NetworkPolicyPort } from '../../../src/model/kubernetes.ts';
import type { PolicyChange } from '../../../src/model/networkPolicy/change.ts';

interface Operation {
  op: 'test' | 'add';
  path: string;
  value: unknown;
}

/** What the API server does with such a change; throws where it would refuse. */
export function applyChange(policies: readonly NetworkPolicy[], change: PolicyChange): NetworkPolicy[] {
  if (change.kind === 'create') return [...policies, change.manifest];
  const { target, body } = change.patch;
  const { namespace, name } = target;
  return policies.map((policy) => {
    if (policy.metadata?.namespace !== namespace || policy.metadata?.name !== name) return policy;
    const copy = structuredClone(policy);
    for (const operation of body as Operation[]) apply(copy, operation);
    return copy;
  });
}

function apply(policy: NetworkPolicy, { op, path, value }: Operation): void {
  const [, spec, direction, rule, ports, end] = path.split('/');
  if (spec !== 'spec' || ports !== 'ports') throw new Error(`unexpected path ${path}`);
  const found = policy.spec?.[direction as 'ingress' | 'egress']?.[Number(rule)]?.ports;
  if (!found) throw new Error(`nothing at ${path}`);
  if (op === 'test' && JSON.stringify(found) !== JSON.stringify(value)) throw new Error(`test failed at ${path}`);
  if (op === 'add' && end === '-') found.push(value as NetworkPolicyPort);
}
