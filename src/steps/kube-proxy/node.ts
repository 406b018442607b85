/** Everything that is looked at on one node. */
import type { Facts } from '../../facts/facts.ts';
import type { ProxyProduct } from '../../facts/proxyProduct.ts';
import type { Service } from '../../model/kubernetes.ts';
import type { Differential } from './differential.ts';
import { flowsOn } from './flows.ts';
import { networkOn } from './network.ts';
import { rulesOn } from './rules.ts';
import type { Heard } from './rulesPlace.ts';
import { joined, NOTHING, type Seen } from './seen.ts';
import { healthOn, stateOn } from './state.ts';

export async function lookAt(
  facts: Facts,
  service: Service,
  node: string,
  { failing, answering, cutOff, lost }: Differential,
  { form }: ProxyProduct,
): Promise<Seen> {
  const heard: Heard = failing.includes(node) ? 'fails' : answering.includes(node) ? 'answers' : undefined;
  const isLost = heard === 'fails' || cutOff.includes(node);
  const mayBeLost = isLost || lost.includes(node);
  const rules = mayRead(facts) ? await rulesOn(facts, service, node, heard) : NOTHING;
  const [flows, network] = await Promise.all([
    mayRead(facts) && rules.obstacles.length === 0 ? flowsOn(facts, node) : NOTHING,
    facts.consent.nodeChecks && mayBeLost && !explained(rules) ? networkOn(facts, node, isLost) : NOTHING,
  ]);
  const wrong = heard === 'fails' || [rules, network].some(({ findings }) => findings.some(isError));
  const isPod = form === 'daemonset' || form === 'static-pod';
  const state = isPod ? await stateOn(facts, node, wrong ? 'error' : 'warning') : await healthOn(facts, node);
  return joined([state, rules, flows, network]);
}

/** With consent, or where somebody gave what a node printed: then it is only read. */
const mayRead = ({ consent }: Facts): boolean => consent.nodeChecks || consent.nodeOutput === true;

const isError = ({ severity }: Seen['findings'][number]): boolean => severity === 'error';

const explained = ({ findings }: Seen): boolean => findings.some(isError);
