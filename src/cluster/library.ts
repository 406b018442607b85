/**
 * The one door to the client library at run time. It costs a third of a second to load unbundled, so it is opened by
 * `import('./library.ts')` only when a cluster is needed; re-exported by name, so that a bundler drops the rest of it.
 */
export { KubeConfig } from '@kubernetes/client-node';
