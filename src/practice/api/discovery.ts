import { apiVersionOf, RESOURCES } from '../cluster/resources.ts';

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update'];

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

const groupOf = (name: string) => {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
};

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
    default: {
      const group = groups().find((name) => path === `/apis/${name}/v1`);
      return group && resourceList(group);
    }
  }
}
