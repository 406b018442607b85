/** The smallest change that lets the client through, as a command; it only ever adds. */
import { type Command, kubectl, kubectlApply } from '../../model/command.ts';
import type { Remedy } from '../../model/finding.ts';
import type { Labels, NetworkPolicy } from '../../model/kubernetes.ts';
import { type ChangeOptions, type PolicyChange, smallestChange } from '../../model/networkPolicy/change.ts';
import type { ServedConnection } from '../../model/networkPolicy/hint.ts';
import type { Direction, PodParty } from '../../model/networkPolicy/party.ts';
import type { Target } from '../../model/target.ts';

export type AdmitRemedy = Remedy<'add-port' | 'add-policy' | 'add-wide-policy'>;

/** What to know the two ends by in a new policy. */
export interface Ends {
  client: PodParty;
  /** Its workload, for the name of the policy. */
  clientName: string;
  serviceName: string;
  selector: Labels;
}

export function admitRemedies(
  connection: ServedConnection,
  direction: Direction,
  { client, clientName, serviceName, selector }: Ends,
): AdmitRemedy[] {
  const options: ChangeOptions = {
    clientName,
    backendName: serviceName,
    ...(Object.keys(selector).length > 0 && { backendSelector: selector }),
  };
  return smallestChange({ ...connection, client }, options)
    .filter((change) => change.direction === direction)
    .map(remedyOf);
}

export function remedyOf(change: PolicyChange): AdmitRemedy {
  if (change.kind === 'create') {
    const { manifest, wide } = change;
    return { id: wide ? 'add-wide-policy' : 'add-policy', commands: [apply(manifest)] };
  }
  const { target, body } = change.patch;
  const patch = kubectl(
    target.namespace,
    'patch',
    'networkpolicy',
    target.name,
    '--type=json',
    '-p',
    JSON.stringify(body),
  );
  return { id: 'add-port', commands: [patch], patch: change.patch };
}

const apply = (manifest: NetworkPolicy): Command => kubectlApply(manifest.metadata?.namespace, manifest);

/** The same question from a pod that is admitted. */
export const askFrom = ({ service, namespace }: Target, pod: PodParty): Command => [
  'svc-debug',
  service,
  '-n',
  namespace,
  '--from',
  `${pod.namespace}/pod/${pod.name}`,
];
