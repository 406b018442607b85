import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from './stage.ts';
import { ask, must } from './upstream.ts';

/** One verb on one kind, in one namespace or (without) in all of the cluster. */
export interface Right {
  verb: string;
  group: string;
  resource: string;
  namespace?: string;
}

export const rightText = ({ verb, group, resource, namespace }: Right): string =>
  `${verb} ${resource}${group ? `.${group}` : ''} ${namespace === undefined ? 'everywhere' : `in ${namespace}`}`;

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

export interface User {
  name: string;
  token: string;
}

let users = 0;

/** A ServiceAccount with these rights and no others. */
export async function userWith(stage: Stage, title: string, rights: readonly Right[]): Promise<User> {
  const { upstream, namespace } = stage;
  users += 1;
  const name = `${title}-${users}`;
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await ask(upstream, 'POST', accounts, { metadata: { name } });
  const places = [...new Set(rights.map((right) => right.namespace))];
  for (const place of places)
    await bind(stage, name, place, rights.filter((right) => right.namespace === place).map(ruleOf), name);
  const { status } = await must<{ status: { token: string } }>(upstream, 'POST', `${accounts}/${name}/token`, {
    spec: { expirationSeconds: 4 * 3600 },
  });
  await pause(200); // the authorizer reads through a cache
  return { name, token: status.token };
}

const ruleOf = ({ verb, group, resource }: Right) => ({ verbs: [verb], apiGroups: [group], resources: [resource] });

interface Rule {
  verbs: string[];
  apiGroups: string[];
  resources: string[];
}

/** A Role (cluster-wide without `place`) of that name, and its binding to the user. */
async function bind(
  { upstream, namespace }: Stage,
  user: string,
  place: string | undefined,
  rules: Rule[],
  name: string,
) {
  const where = place === undefined ? RBAC : `${RBAC}/namespaces/${place}`;
  const kind = place === undefined ? 'ClusterRole' : 'Role';
  const metadata = { name: `${namespace}-${name}`, labels: { hardening: namespace } };
  const subjects = [{ kind: 'ServiceAccount', name: user, namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name };
  await must(upstream, 'POST', `${where}/${kind.toLowerCase()}s`, { metadata, rules });
  await must(upstream, 'POST', `${where}/${kind.toLowerCase()}bindings`, { metadata, subjects, roleRef });
}

/** A Role as svc-debug prints it. */
export interface PrintedRole {
  kind: 'Role' | 'ClusterRole';
  metadata: { name: string; namespace?: string };
  rules: Rule[];
}

/** Gives a user what svc-debug asked for, as it stands there. */
export async function grant(stage: Stage, user: User, roles: readonly PrintedRole[], suffix: string): Promise<void> {
  for (const [i, { kind, metadata, rules }] of roles.entries())
    await bind(
      stage,
      user.name,
      kind === 'Role' ? metadata.namespace : undefined,
      rules,
      `${user.name}-${suffix}-${i}`,
    );
  await pause(300);
}

/** A ClusterRole that every cluster has, in the namespace of the stage. */
export async function bindExisting({ upstream, namespace }: Stage, user: User, role: string): Promise<void> {
  await must(upstream, 'POST', `${RBAC}/namespaces/${namespace}/rolebindings`, {
    metadata: { name: `${user.name}-${role}` },
    subjects: [{ kind: 'ServiceAccount', name: user.name, namespace }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  });
  await pause(300);
}
