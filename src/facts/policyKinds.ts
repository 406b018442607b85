/** Policies of CNI plugins: not evaluated, but said to be there where they select the client or the backends. */
import type { Resource } from '../model/cluster.ts';
import type { Obstacle } from '../model/fact.ts';
import { valueOr } from '../model/fact.ts';
import type { LabelSelector, Labels, ObjectMeta } from '../model/kubernetes.ts';
import type { PodParty } from '../model/networkPolicy/party.ts';
import { NAME_LABEL } from '../model/networkPolicy/peer.ts';
import { requirementsOf, selects } from '../model/selector.ts';
import { allOf, anyOf, type Truth } from '../model/truth.ts';
import { apiGroups, page } from './api.ts';
import type { Facts } from './facts.ts';

/** A policy that may concern the connection, as `CiliumNetworkPolicy shop/web`. */
export interface PluginPolicy {
  kind: string;
  /** As kubectl takes it: plural and group. */
  resource: string;
  namespace?: string;
  name: string;
}

interface PolicyObject {
  metadata?: ObjectMeta;
  spec?: Record<string, unknown>;
  specs?: Record<string, unknown>[];
}

type SelectsPod = (spec: Record<string, unknown>, pod: PodParty, namespaceLabels: Labels | undefined) => Truth;

interface PolicyKind extends Resource {
  kind: string;
  namespaced: boolean;
  selects: SelectsPod;
}

const asSelector = (value: unknown): LabelSelector | undefined =>
  typeof value === 'object' && value !== null ? (value as LabelSelector) : undefined;

/** Labels of Cilium carry their source; a namespace is a label like others. https://docs.cilium.io/en/stable/security/policy/ */
const cilium: SelectsPod = ({ endpointSelector }, { labels, namespace }) => {
  const selector = asSelector(endpointSelector);
  if (!selector) return false;
  const plain = (key: string) => key.replace(/^(k8s|any)[:.]/, '');
  const known: Labels = { ...labels, 'io.kubernetes.pod.namespace': namespace };
  const matchLabels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => [plain(key), value]);
  const matchExpressions = (selector.matchExpressions ?? []).map((term) => ({ ...term, key: plain(term.key) }));
  const wanted = { matchLabels: Object.fromEntries(matchLabels), matchExpressions };
  const strange = requirementsOf(wanted).some(({ key }) => key.startsWith('io.cilium.') || key.includes(':'));
  return strange ? 'unknown' : selects(wanted, known);
};

/** The selector language of Calico, as far as conjunctions of plain terms. https://docs.tigera.io/calico/latest/reference/resources/networkpolicy#selectors */
const calico: SelectsPod = ({ selector, namespaceSelector }, { labels }, namespaceLabels) =>
  truthOf([calicoSelects(selector, labels), calicoSelects(namespaceSelector, namespaceLabels)]);

const TERMS: readonly [RegExp, (labels: Labels, key: string, value: string) => boolean][] = [
  [/^all\(\)$/, () => true],
  [/^has\(([^)]+)\)$/, (labels, key) => labels[key] !== undefined],
  [/^!\s*has\(([^)]+)\)$/, (labels, key) => labels[key] === undefined],
  [/^([\w./-]+)\s*==\s*["']([^"']*)["']$/, (labels, key, value) => labels[key] === value],
  [/^([\w./-]+)\s*!=\s*["']([^"']*)["']$/, (labels, key, value) => labels[key] !== value],
];

function calicoSelects(selector: unknown, labels: Labels | undefined): Truth {
  if (typeof selector !== 'string' || selector.trim() === '') return true;
  if (!labels) return /^\s*all\(\)\s*$/.test(selector) ? true : 'unknown';
  const terms = selector.split('&&').map((term): Truth => {
    const text = term.trim();
    const found = TERMS.map(([form, holds]) => ({ match: form.exec(text), holds })).find(({ match }) => match);
    return found?.match ? found.holds(labels, (found.match[1] ?? '').trim(), found.match[2] ?? '') : 'unknown';
  });
  return truthOf(terms);
}

/** AdminNetworkPolicy and its successors: https://network-policy-api.sigs.k8s.io/ */
const admin: SelectsPod = ({ subject }, pod, namespaceLabels) => {
  const { namespaces, pods } = (subject ?? {}) as { namespaces?: LabelSelector; pods?: Record<string, LabelSelector> };
  const space = (selector: LabelSelector | undefined) => inNamespace(selector, pod.namespace, namespaceLabels);
  return pods ? truthOf([space(pods.namespaceSelector), selects(pods.podSelector, pod.labels)]) : space(namespaces);
};

/** https://antrea.io/docs/main/docs/antrea-network-policy/ */
const antrea: SelectsPod = ({ appliedTo }, pod, namespaceLabels) => {
  const items = (Array.isArray(appliedTo) ? appliedTo : []) as Record<string, LabelSelector>[];
  const each = items.map(({ podSelector, namespaceSelector, ...others }): Truth => {
    if (!podSelector && !namespaceSelector) return Object.keys(others).length > 0 ? 'unknown' : false;
    const space = namespaceSelector ? inNamespace(namespaceSelector, pod.namespace, namespaceLabels) : true;
    return truthOf([space, podSelector ? selects(podSelector, pod.labels) : true]);
  });
  // Without it the rules have one each.
  return items.length === 0 ? 'unknown' : (anyOf<'unknown'>(each) as Truth);
};

const truthOf = (values: readonly Truth[]): Truth => allOf<'unknown'>(values);

function inNamespace(selector: LabelSelector | undefined, namespace: string, labels: Labels | undefined): Truth {
  if (!selector) return false;
  if (labels) return selects(selector, labels);
  const others = requirementsOf(selector).some(({ key }) => key !== NAME_LABEL);
  return others ? 'unknown' : selects(selector, { [NAME_LABEL]: namespace });
}

const kind = (
  group: string,
  version: string,
  plural: string,
  name: string,
  namespaced: boolean,
  how: SelectsPod,
): PolicyKind => ({
  group,
  version,
  plural,
  kind: name,
  namespaced,
  selects: how,
});

const KINDS: readonly PolicyKind[] = [
  kind('cilium.io', 'v2', 'ciliumnetworkpolicies', 'CiliumNetworkPolicy', true, cilium),
  kind('cilium.io', 'v2', 'ciliumclusterwidenetworkpolicies', 'CiliumClusterwideNetworkPolicy', false, cilium),
  kind('crd.projectcalico.org', 'v1', 'networkpolicies', 'Calico NetworkPolicy', true, calico),
  kind('crd.projectcalico.org', 'v1', 'globalnetworkpolicies', 'Calico GlobalNetworkPolicy', false, calico),
  kind('policy.networking.k8s.io', 'v1alpha1', 'adminnetworkpolicies', 'AdminNetworkPolicy', false, admin),
  kind(
    'policy.networking.k8s.io',
    'v1alpha1',
    'baselineadminnetworkpolicies',
    'BaselineAdminNetworkPolicy',
    false,
    admin,
  ),
  kind('policy.networking.k8s.io', 'v1alpha2', 'clusternetworkpolicies', 'ClusterNetworkPolicy', false, admin),
  kind('crd.antrea.io', 'v1beta1', 'networkpolicies', 'Antrea NetworkPolicy', true, antrea),
  kind('crd.antrea.io', 'v1beta1', 'clusternetworkpolicies', 'Antrea ClusterNetworkPolicy', false, antrea),
];

/** The policies of CNI plugins that select one of the pods, or may: asked for only where the server has such kinds. */
export async function pluginPolicies(
  facts: Facts,
  pods: readonly PodParty[],
  namespaces: Readonly<Record<string, Labels>>,
): Promise<{ policies: PluginPolicy[]; obstacles: Obstacle[] }> {
  const served = valueOr(await facts.ask(apiGroups), undefined)?.groups ?? [];
  const spaces = [...new Set(pods.map(({ namespace }) => namespace))];
  const lists = KINDS.filter(({ group }) => served.some(({ name }) => name === group)).flatMap((each) =>
    (each.namespaced ? spaces : [undefined]).map(async (namespace) => {
      const { group, version, plural } = each;
      const list = await facts.ask(
        page<PolicyObject>({ group, version, plural }, namespace === undefined ? {} : { namespace }),
      );
      return { each, list };
    }),
  );
  const read = await Promise.all(lists);
  const concerned = read.flatMap(({ each, list }) =>
    list.known
      ? list.value.items.filter((item) => concerns(each, item, pods, namespaces)).map((item) => named(each, item))
      : [],
  );
  return { policies: concerned, obstacles: read.flatMap(({ list }) => (list.known ? [] : [list.obstacle])) };
}

function concerns(
  each: PolicyKind,
  { metadata, spec, specs }: PolicyObject,
  pods: readonly PodParty[],
  namespaces: Readonly<Record<string, Labels>>,
): boolean {
  return [...(spec ? [spec] : []), ...(specs ?? [])].some((one) =>
    pods
      .filter(({ namespace }) => !each.namespaced || namespace === metadata?.namespace)
      .some((pod) => each.selects(one, pod, namespaces[pod.namespace]) !== false),
  );
}

const named = ({ kind: name, plural, group }: PolicyKind, { metadata }: PolicyObject): PluginPolicy => ({
  kind: name,
  resource: `${plural}.${group}`,
  ...(metadata?.namespace && { namespace: metadata.namespace }),
  name: metadata?.name ?? '',
});
