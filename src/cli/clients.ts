import { deploymentName, namespaceName, nodeName, podName } from './names.ts';
import { UsageError } from './usage.ts';

/** The client that suffers, as `--from` names it. */
export interface ClientRef {
  kind: 'pod' | 'deployment' | 'node';
  /** Absent: the namespace of the Service. A node has none. */
  namespace?: string;
  name: string;
}

/** Kinds as kubectl lets them be written. */
const KINDS: Record<string, ClientRef['kind']> = {
  pod: 'pod',
  pods: 'pod',
  po: 'pod',
  deployment: 'deployment',
  deployments: 'deployment',
  'deployment.apps': 'deployment',
  deploy: 'deployment',
  node: 'node',
  nodes: 'node',
  no: 'node',
};
const CHECKS = { pod: podName, deployment: deploymentName, node: nodeName };
const FORMS = 'pod/NAME, deployment/NAME or node/NAME; of another namespace: NAMESPACE/pod/NAME';

/** Reads `[NAMESPACE/]pod/NAME`, `[NAMESPACE/]deployment/NAME` or `node/NAME`. */
export function parseClient(text: string): ClientRef {
  const parts = text.split('/');
  const [name = '', kindWord = '', namespace] = parts.reverse();
  const kind = KINDS[kindWord.toLowerCase()];
  if (kind === undefined || parts.length > 3 || (kind === 'node' && namespace !== undefined)) {
    throw new UsageError(`--from ${text}: not a client`, `Write it as ${FORMS}.`);
  }
  CHECKS[kind](name);
  return { kind, name, ...(namespace !== undefined && { namespace: namespaceName(namespace) }) };
}
