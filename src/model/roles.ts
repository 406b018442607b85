import type { Obstacle } from './fact.ts';

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  nonResourceURLs?: string[];
  verbs: string[];
}

/** A manifest: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole */
export interface RoleManifest {
  apiVersion: 'rbac.authorization.k8s.io/v1';
  kind: 'Role' | 'ClusterRole';
  metadata: { name: 'svc-debug'; namespace?: string };
  rules: Rule[];
}

type Forbidden = Extract<Obstacle, { kind: 'forbidden' }>;
type Right = Pick<Forbidden, 'verb' | 'resource'> & { group: string };

/** Named by the server: nothing else becomes part of a manifest that somebody will apply. */
const isName = ({ verb, resource, group = '', namespace = '' }: Forbidden): boolean =>
  /^[a-z]+$/.test(verb) && /^([a-z0-9./-]+)$/.test(resource) && /^[a-z0-9.-]*$/.test(`${group}${namespace}`);

function rightsTo({ verb, resource, group = '' }: Forbidden): Right[] {
  const core = (name: string, ...verbs: string[]) => verbs.map((one) => ({ verb: one, resource: name, group: '' }));
  // A WebSocket is opened by a GET; Kubernetes 1.35 asks for `create` as well, as SPDY did (AuthorizePodWebsocketUpgradeCreatePermission).
  const streams = /^pods\/(exec|portforward|attach)$/.test(resource);
  if (group === '' && streams) return core(resource, 'create', 'get');
  // A pod that is created is looked at until it runs, asked from, and removed.
  const probes = group === '' && resource === 'pods' && verb === 'create';
  if (probes) return [...core('pods', 'create', 'delete', 'get'), ...core('pods/exec', 'create', 'get')];
  return [{ verb, resource, group }];
}

/** What hides behind another obstacle counts as well. */
function forbiddenIn(obstacle: Obstacle): Forbidden[] {
  if (obstacle.kind === 'forbidden') return [obstacle];
  return 'because' in obstacle ? forbiddenIn(obstacle.because) : [];
}

/** The smallest Roles that would let svc-debug see what it was refused; one for each namespace, and one for the cluster. */
export function rolesFor(obstacles: readonly Obstacle[]): RoleManifest[] {
  const refused = obstacles.flatMap(forbiddenIn).filter(isName);
  const places = [...new Set(refused.map(({ namespace }) => namespace))].sort();
  return places.map((namespace) => {
    const rights = refused.filter((one) => one.namespace === namespace).flatMap(rightsTo);
    return {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: namespace === undefined ? 'ClusterRole' : 'Role',
      metadata: { name: 'svc-debug', ...(namespace !== undefined && { namespace }) },
      rules: rulesOf(rights),
    };
  });
}

const isPath = ({ resource }: Right): boolean => resource.startsWith('/');

/** One rule for what has the same group and the same verbs. */
function rulesOf(rights: readonly Right[]): Rule[] {
  const verbs = new Map<string, { right: Right; verbs: Set<string> }>();
  for (const right of rights) {
    const key = `${right.group} ${right.resource}`;
    const entry = verbs.get(key) ?? { right, verbs: new Set<string>() };
    entry.verbs.add(right.verb);
    verbs.set(key, entry);
  }
  const rules = new Map<string, Rule>();
  for (const { right, verbs: asked } of verbs.values()) {
    const all = [...asked].sort();
    const key = `${isPath(right)} ${right.group} ${all}`;
    const rule = rules.get(key) ?? emptyRule(right, all);
    (rule.resources ?? rule.nonResourceURLs)?.push(right.resource);
    rules.set(key, rule);
  }
  return [...rules.values()];
}

const emptyRule = (right: Right, verbs: string[]): Rule =>
  isPath(right) ? { nonResourceURLs: [], verbs } : { apiGroups: [right.group], resources: [], verbs };
