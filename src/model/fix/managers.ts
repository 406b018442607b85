/** Who else writes a Service: a change that they do not know of is undone by them sooner or later. */
import type { ObjectMeta, Service } from '../kubernetes.ts';

/** `name`: of the release, application or owner, where the object says it. */
export interface Manager {
  kind: 'gitops' | 'helm' | 'rollout' | 'operator' | 'tool';
  /** What it is called: `Argo CD`, `Helm`, the kind of the owner, the field manager. */
  tool: string;
  name?: string;
}

interface Mark {
  key: RegExp;
  kind: Manager['kind'];
  tool: string;
}

/** Labels and annotations by which tools know what is theirs; the value names the release or application. */
const MARKS: readonly Mark[] = [
  // https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
  { key: /^argocd\.argoproj\.io\/(tracking-id|instance)$/, kind: 'gitops', tool: 'Argo CD' },
  // https://fluxcd.io/flux/components/kustomize/kustomizations/
  { key: /^kustomize\.toolkit\.fluxcd\.io\/name$/, kind: 'gitops', tool: 'Flux' },
  { key: /^helm\.toolkit\.fluxcd\.io\/name$/, kind: 'gitops', tool: 'Flux' },
  { key: /^(objectset\.rio\.cattle\.io\/id|fleet\.cattle\.io\/bundle-id)$/, kind: 'gitops', tool: 'Fleet' },
  {
    key: /^(config\.k8s\.io\/owning-inventory|configsync\.gke\.io\/resource-id)$/,
    kind: 'gitops',
    tool: 'Config Sync',
  },
  { key: /^kapp\.k14s\.io\/app$/, kind: 'gitops', tool: 'kapp' },
  // https://helm.sh/docs/faq/changes_since_helm2/#improved-upgrade-strategy
  { key: /^meta\.helm\.sh\/release-name$/, kind: 'helm', tool: 'Helm' },
  // https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/
  { key: /^argo-rollouts\.argoproj\.io\/managed-by-rollouts$/, kind: 'rollout', tool: 'Argo Rollouts' },
  { key: /^olm\.owner$/, kind: 'operator', tool: 'Operator Lifecycle Manager' },
  { key: /^addonmanager\.kubernetes\.io\/mode$/, kind: 'operator', tool: 'the addon manager' },
  { key: /^serving\.knative\.dev\/(service|route|revision)$/, kind: 'operator', tool: 'Knative' },
];

/** Selectors that a rollout controller turns from one revision to the next. */
const ROLLOUT_SELECTORS: Readonly<Record<string, string>> = { 'rollouts-pod-template-hash': 'Argo Rollouts' };

/** Programs by which people write objects by hand, and we ourselves. */
const BY_HAND =
  /^(kubectl([-_ ].*)?|svc-debug|k9s|freelens.*|openlens.*|lens.*|headlamp.*|dashboard.*|kube-apiserver|before-first-apply)$/i;
/** It writes the address of a load balancer, not what anybody meant. */
const CONTROLLERS = /^(kube-controller-manager|cloud-controller-manager|.*-cloud-controller-manager)$/;

/** Everybody who is known to write the selector or the ports of that Service, each once. Empty: people do, by hand. */
export function managersOf({ metadata = {}, spec }: Service): Manager[] {
  const found = [
    ...marked(metadata),
    ...Object.keys(spec?.selector ?? {}).flatMap((key): Manager[] => {
      const tool = ROLLOUT_SELECTORS[key];
      return tool ? [{ kind: 'rollout', tool }] : [];
    }),
    ...(metadata.ownerReferences ?? []).map(
      ({ kind, name }): Manager => ({ kind: kind === 'Rollout' ? 'rollout' : 'operator', tool: kind, name }),
    ),
    ...saidManager(metadata),
    ...fieldManagers(metadata),
  ];
  return withoutEchoes(found);
}

function marked({ labels, annotations }: ObjectMeta): Manager[] {
  return Object.entries({ ...labels, ...annotations }).flatMap(([key, value]) => {
    const mark = MARKS.find((one) => one.key.test(key));
    // a tracking id is APPLICATION:GROUP/KIND:NAMESPACE/NAME
    const name = value.split(':')[0];
    return mark ? [{ kind: mark.kind, tool: mark.tool, ...(name && { name }) }] : [];
  });
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
function saidManager({ labels }: ObjectMeta): Manager[] {
  const tool = labels?.['app.kubernetes.io/managed-by'];
  if (tool === undefined || BY_HAND.test(tool)) return [];
  return [{ kind: /^helm$/i.test(tool) ? 'helm' : 'tool', tool }];
}

/** Who wrote selector or ports last. https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
function fieldManagers({ managedFields = [] }: ObjectMeta): Manager[] {
  const owning = managedFields.filter(({ subresource, fieldsV1 }) => {
    const spec = (fieldsV1 as Record<string, Record<string, unknown>> | undefined)?.['f:spec'] ?? {};
    return !subresource && ('f:selector' in spec || 'f:ports' in spec);
  });
  return owning.flatMap(({ manager = '' }) =>
    manager === '' || BY_HAND.test(manager) || CONTROLLERS.test(manager) ? [] : [{ kind: 'tool', tool: manager }],
  );
}

/** What is told by a label is not told again by a field manager such as `argocd-controller` or `helm`. */
function withoutEchoes(found: readonly Manager[]): Manager[] {
  const wordOf = ({ tool }: Manager) => tool.toLowerCase().replace(/[^a-z]/g, '');
  const all = found.filter((one, i) => found.findIndex((other) => wordOf(other) === wordOf(one)) === i);
  const named = all.filter(({ kind }) => kind !== 'tool');
  return all.filter((one) => one.kind !== 'tool' || !named.some((other) => isEcho(wordOf(one), wordOf(other))));
}

/** The controllers of Flux are called kustomize-controller and helm-controller. */
const isEcho = (manager: string, tool: string): boolean =>
  manager.startsWith(tool) ||
  tool.startsWith(manager) ||
  (tool === 'flux' && /^(kustomize|helm)controller$/.test(manager));

/** Whether the file it was applied from still says otherwise. */
export const isFromFile = ({ metadata }: Service): boolean =>
  metadata?.annotations?.['kubectl.kubernetes.io/last-applied-configuration'] !== undefined ||
  (metadata?.managedFields ?? []).some(({ manager, operation }) => manager === 'kubectl' && operation === 'Apply');
