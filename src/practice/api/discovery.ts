import { apiVersionOf, RESOURCES } from '../cluster/resources.ts';

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update'];

/** What `kubectl get all` shows. */
const ALL = ['pods', 'services', 'deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs'];

const groups = (): string[] => [...new Set(RESOURCES.map(({ group }) => group))].filter((group) => group !== '');

const resourceList = (group: string) => {
  const own = RESOURCES.filter((resource) => resource.group === group);
  const subresources = group === '' ? ['pods/log', 'pods/exec', 'pods/portforward', 'pods/ephemeralcontainers'] : [];
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: own[0] ? apiVersionOf(own[0]) : 'v1',
    resources: [
      ...own.map(({ plural, kind, namespaced, shortNames }) => ({
        name: plural,
        singularName: kind.toLowerCase(),
        namespaced,
        kind,
        verbs: VERBS,
        shortNames,
        ...(ALL.includes(plural) && { categories: ['all'] }),
      })),
      ...subresources.map((name) => ({
        name,
        singularName: '',
        namespaced: true,
        kind: 'Pod',
        verbs: ['create', 'get'],
      })),
    ],
  };
};

const versionOf = (group: string): string => RESOURCES.find((one) => one.group === group)?.version ?? 'v1';

const groupOf = (name: string) => {
  const version = { groupVersion: `${name}/${versionOf(name)}`, version: versionOf(name) };
  return { name, versions: [version], preferredVersion: version };
};

/** Tells kubectl that the server looks at the fields itself: nothing else of the schema is there. */
const openApi = (group: string) => ({
  openapi: '3.0.0',
  info: { title: 'practice', version: 'v1.34.0' },
  paths: Object.fromEntries(
    RESOURCES.filter((resource) => resource.group === group).map((resource) => [
      `/${resource.plural}/{name}`,
      {
        patch: {
          'x-kubernetes-group-version-kind': { group, version: resource.version, kind: resource.kind },
          parameters: ['fieldValidation', 'dryRun'].map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
          responses: {},
        },
      },
    ]),
  ),
});

const openApiPaths = () => ({
  paths: Object.fromEntries(
    ['api/v1', ...groups().map((name) => `apis/${name}/${versionOf(name)}`)].map((path) => [
      path,
      { serverRelativeURL: `/openapi/v3/${path}` },
    ]),
  ),
});

/** What the server says of itself; undefined: the path is something else. */
export function discovery(path: string): unknown {
  switch (path) {
    case '/version':
      return {
        major: '1',
        minor: '34',
        gitVersion: 'v1.34.0',
        gitCommit: '',
        gitTreeState: 'clean',
        buildDate: '2025-08-27T10:19:16Z',
        goVersion: 'go1.24.6',
        compiler: 'gc',
        platform: 'linux/amd64',
      };
    case '/api':
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    case '/apis':
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(groupOf) };
    case '/api/v1':
      return resourceList('');
    case '/openapi/v3':
      return openApiPaths();
    case '/openapi/v3/api/v1':
      return openApi('');
    default: {
      const [, isSchema, name, version] = /^(\/openapi\/v3)?\/apis\/([^/]+)\/(v\d)$/.exec(path) ?? [];
      const group = groups().find((one) => one === name && versionOf(one) === version);
      return group && (isSchema ? openApi(group) : resourceList(group));
    }
  }
}
