import type { ParamsOf } from '../../model/finding.ts';
import type { StepCatalogue } from '../catalogue.ts';
import { listed } from './words.ts';

type Denied = ParamsOf<'network-policy/ingress-denied'>;
type Hint = Pick<Denied, 'hint' | 'hintPolicy' | 'hintRule' | 'listed' | 'wanted' | 'both'>;

/** Why a rule that nearly admits does not. */
const HINTS: Record<string, (hint: Hint, far: string) => string> = {
  'no-rules': ({ hintPolicy, listed: direction, wanted }) =>
    `${hintPolicy} has no ${direction} rule at all${wanted ? `, though its policyTypes list ${direction}` : ''}`,
  'service-port': ({ listed: port, wanted }) => `${port} is the port of the Service; policies see the pod's, ${wanted}`,
  'named-port-missing': ({ listed: name, wanted }) =>
    `no container declares a port named ${name}${wanted ? ` (there is ${wanted})` : ''}`,
  protocol: ({ listed: protocol, wanted }) => `it lists the port for ${protocol}, not for ${wanted}`,
  port: ({ listed: ports, wanted }) => `it lists ${ports}, not ${wanted}`,
  'namespace-label': ({ listed: found, wanted }) => `it asks for namespaces with ${wanted}; ${found}`,
  'pod-label': ({ listed: found, wanted }, far) => `it asks for pods with ${wanted}; ${far} has ${found}`,
  'own-namespace-only': ({ listed: own, wanted }, far) =>
    `a podSelector alone means pods of ${own}; ${far} is in ${wanted}`,
  'ip-block-except': ({ listed: except, wanted }) => `its exception ${except} holds ${wanted}`,
  'ip-block-cluster-ip': ({ listed: address }) => `it lists the cluster IP ${address}; policies see the pod's address`,
};

/** `far`: the other end of the connection, as the policy sees it. */
function hinted(hint: Hint & { policies: readonly string[] }, far: string): string {
  const words = HINTS[hint.hint]?.(hint, far);
  if (!words) return '';
  const its = hint.policies.length === 1 ? '' : ` of ${hint.hintPolicy}`;
  const both = hint.both ? ', and both selectors of the item must match' : '';
  return hint.hintRule > 0 ? `. Nearest to it is rule ${hint.hintRule}${its}, but ${words}${both}` : `: ${words}`;
}

const pods = ({ service, backends, of }: Denied): string =>
  backends.length === of ? `the pods of ${service}` : listed(backends);

const policies = ({ policies: names }: { policies: readonly string[] }): string =>
  `${one({ policies: names }) ? 'NetworkPolicy' : 'NetworkPolicies'} ${listed(names)}`;

const one = ({ policies: names }: { policies: readonly string[] }): boolean => names.length === 1;

const letsIn = (params: Denied): string => {
  if (params.client) return `${one(params) ? 'does' : 'do'} not let ${params.client}`;
  return `${one(params) ? 'lets' : 'let'} no existing pod`;
};

const add = {
  'add-port': () => 'Add the port of the pods to that rule; nothing else changes',
  'add-policy': ({ client, meant }: { client: string; meant: string }) =>
    client
      ? `Let ${client} through with a policy of its own; policies add up, nothing else changes`
      : `Let the client through with a policy of its own (this one is for pods with ${meant}: put in whom you mean); nothing else changes`,
  'add-wide-policy': () =>
    'Let the whole namespace of the client through: it has no label to know it by. Better give it one first',
};

const ENDS = { ingress: 'the backends', egress: 'the client' };

export const networkPolicy: StepCatalogue<'network-policy'> = {
  findings: {
    'network-policy/ingress-denied': {
      says: (params) =>
        `${policies(params)} ${letsIn(params)} into ${pods(params)} on ${params.port} (pod port ${params.podPort})${hinted(params, 'the client')}`,
      why: "A pod that some policy selects for ingress takes only what a rule admits. Everything else is dropped without a word, while the kubelet's probes still pass.",
      prove:
        'From the client, the pod IP is as silent as the cluster IP. kubectl describe networkpolicy shows the rules; they count on the port of the pod.',
      mend: 'Add what is missing: a rule with the labels of the client and its namespace, and the port of the pod. Policies add up; none needs to go.',
      remedies: {
        ...add,
        'open-dns': () => 'Let every pod of the cluster ask the DNS pods; policies add up, nothing else changes',
      },
    },
    'network-policy/egress-denied': {
      says: (params) =>
        `${policies(params)} ${one(params) ? 'keeps' : 'keep'} ${params.client || 'every pod of the namespace'} from leaving to ${pods(params)} (pod port ${params.podPort})${hinted(params, 'the backend')}`,
      why: 'A client that some policy selects for egress reaches only what a rule names. It must name the pods behind the Service, and their port, not its address.',
      prove: 'From another client, without such a policy, the Service answers.',
      mend: 'Add an egress rule to the pods of the Service on the port of the pods.',
      remedies: add,
    },
    'network-policy/dns-egress-denied': {
      says: (params) =>
        `${policies(params)} ${one(params) ? 'keeps' : 'keep'} ${params.client || 'every pod of the namespace'} from asking DNS (${params.server}, ${params.podPort}/UDP)${hinted(params, 'the DNS pod')}`,
      why: 'Egress policies hold for DNS as well. Without a rule for port 53, UDP and TCP, no name resolves.',
      prove: 'By address the Service may answer; nslookup ends in "no servers could be reached".',
      mend: 'Add an egress rule to the DNS pods on port 53, UDP and TCP. With NodeLocal DNSCache also to its address.',
      remedies: {
        ...add,
        'add-port': () => 'Add that port to the rule, for UDP',
        'add-policy': ({ client }) =>
          `Let ${client || 'every pod of the namespace'} ask DNS; policies add up, nothing else changes`,
      },
    },
    'network-policy/probe-denied': {
      says: (params) =>
        params.direction === 'dns'
          ? `${policies(params)} let other pods ask DNS, but not the probe`
          : `${policies(params)} let others through on ${params.port}, but not the probe. ${params.asked ? `Asked from ${params.asked} instead` : `A client must be: ${listed(params.admits) || 'one of the admitted pods'}`}`,
      why: 'Policies know pods by their labels, and the probe wears none. What it does not hear says nothing about the clients.',
      prove: 'Ask from a pod that the policies admit.',
      mend: 'Nothing to mend: ask again from the client that suffers.',
      remedies: {
        'ask-from': ({ pods: names }) =>
          `Ask from a pod that is admitted${names.length > 0 ? `: ${listed(names, 3)}` : ''}`,
      },
    },
    'network-policy/not-enforced': {
      says: (params) =>
        `${policies(params)} should keep ${params.client} from ${params.port}, and ${one(params) ? 'does' : 'do'} not: it got through`,
      why: 'Policies need a CNI plugin that enforces them. Where it does not, they change nothing.',
      prove: 'The connection from the pod goes through although no rule admits it.',
      mend: 'No cause of the trouble. Whoever relies on the policy should look at the CNI plugin.',
      remedies: {},
    },
    'network-policy/not-evaluated': {
      says: ({ kind, policies: names }) => `${kind} ${listed(names)} may concern this connection, and is not evaluated`,
      why: 'Policies of the CNI plugin have rules of their own. They can drop packets though every NetworkPolicy admits them.',
      prove:
        'Cilium: hubble observe --verdict DROPPED. Calico: calicoctl, and its flow logs. Antrea: antctl query networkpolicy.',
      mend: 'Read the policy with the tools of the plugin.',
      remedies: { 'look-at-policy': () => 'Read it' },
    },
  },
  observations: {
    'network-policy.none': ({ namespace }) => `no NetworkPolicy in ${namespace}`,
    'network-policy.nothing-to-reach': ({ namespace, service }) => `there is no Service ${service} in ${namespace}`,
    'network-policy.free': ({ port }) => `no policy selects the backends or the client (${port})`,
    'network-policy.admitted': ({ port, client, policy, rule }) =>
      `rule ${rule} of ${policy} lets ${client || 'clients'} in on ${port}`,
    'network-policy.isolated': ({ policies: names, direction, pod }) =>
      `${listed(names)} ${names.length === 1 ? 'holds' : 'hold'} for the ${direction} of ${pod || ENDS[direction]}`,
    'network-policy.reach': ({ address, port, failure, answered, asked }) =>
      answered > 0
        ? `${address} port ${port}: ${answered} of ${asked} answered`
        : `${address} port ${port}: ${failure || 'no answer'}, ${asked} of ${asked}`,
    'network-policy.client-labels': ({ pod, labels }) => `${pod} has the labels ${labels || '(none)'}`,
  },
};
