import type { NoProbeReason, Obstacle } from '../../model/fact.ts';
import type { ObstacleText } from '../catalogue.ts';

const within = (namespace: string | undefined) => (namespace ? ` in namespace ${namespace}` : '');

const kind = (resource: string, group: string | undefined) => (group ? `${resource} (${group})` : resource);

export const obstacles: ObstacleText = {
  forbidden: ({ verb, resource, group, namespace }) =>
    resource === 'namespaces' && namespace
      ? `not allowed to ${verb} namespace ${namespace}`
      : `not allowed to ${verb} ${kind(resource, group)}${within(namespace)}`,
  unauthorized: ({ message, plugin }) =>
    plugin ? `login plugin ${plugin} gave no credentials: ${message}` : `credentials not accepted: ${message}`,
  timeout: ({ what, afterMs }) => `${what} gave no answer within ${afterMs / 1000} s`,
  unreachable: ({ message }) => `connection lost: ${message}`,
  'api-error': ({ status, message }) => `the API server answered ${status}: ${message}`,
  'not-applicable': ({ reason }) => reason,
  'not-consented': ({ flag }) => `not asked; ${flag} would allow it`,
  'no-probe': ({ message }) => `no probe: ${message}`,
  'needs-node': ({ node, because }) => `node ${node} could not be looked at (${say(because)})`,
  'needs-ephemeral': ({ pod, because }) => `pod ${pod} cannot be asked from (${say(because)})`,
  'partial-list': ({ what, read }) => `of the ${what} only the first ${read} were read`,
  cancelled: () => 'stopped before it was known',
};

const say = <K extends Obstacle['kind']>(obstacle: Extract<Obstacle, { kind: K }>): string =>
  (obstacles[obstacle.kind as K] as (obstacle: Extract<Obstacle, { kind: K }>) => string)(obstacle);

/** What gets around a probe that could not run. */
const PROBE_ANSWERS: Record<NoProbeReason, string> = {
  admission: 'ask from a pod that runs already: --from pod/NAME',
  quota: 'ask from a pod that runs already: --from pod/NAME',
  image: 'give an image that the nodes can pull: --image, --image-pull-secret',
  unschedulable: 'ask from a pod that runs already: --from pod/NAME',
  'no-shell': 'ask from a pod that has a shell, or leave --from away',
  'no-tool': 'give an image that has nslookup and wget: --image',
  'not-running': 'ask from a pod that runs: --from pod/NAME',
  lost: 'run it again',
  other: 'ask from a pod that runs already: --from pod/NAME',
};

export const answers: ObstacleText = {
  forbidden: () => 'get the rights below, then run it again',
  unauthorized: () => 'log in again, then run it again',
  timeout: () => 'run it again; it may have been a passing trouble',
  unreachable: () => 'run it again once the API server can be reached',
  'api-error': () => 'run it again; if it stays so, look at the API server',
  'not-applicable': () => '',
  'not-consented': ({ flag }) => `run it again with ${flag}`,
  'no-probe': ({ reason }) => PROBE_ANSWERS[reason],
  'needs-node': ({ node }) =>
    `have this run on node ${node} by someone who may, and give the file with --node-output ${node}.txt:`,
  'needs-ephemeral': ({ pod }) =>
    `run it in a terminal: its last menu offers an ephemeral container in pod ${pod}, which cannot be removed again`,
  'partial-list': () => '',
  cancelled: () => 'run it again',
};
