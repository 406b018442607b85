/** No pod is there because none can be created: quota, admission, a service account that is missing. */
import { eventsIn } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import { theService } from '../../facts/pods.ts';
import { workloadsIn } from '../../facts/workloads.ts';
import { kubectl } from '../../model/command.ts';
import { newestEvent } from '../../model/events.ts';
import { valueOr } from '../../model/fact.ts';
import type { Finding } from '../../model/finding.ts';
import type { Event, Pod } from '../../model/kubernetes.ts';
import { serviceSelects } from '../../model/selector.ts';
import { workloadOf } from '../../model/workload.ts';

/** Events of the controller that makes a workload's pods: a Deployment's ReplicaSets carry its name and a hash. */
const isOf = ({ involvedObject: { kind, name = '' } }: Event, workload: { kind: string; name: string }): boolean =>
  (kind === workload.kind && name === workload.name) ||
  (workload.kind === 'Deployment' && kind === 'ReplicaSet' && name.startsWith(`${workload.name}-`));

/** Of workloads that have none of `pods`: what keeps those of the others from serving is theirs to say. */
export async function creationFindings(facts: Facts, pods: readonly Pod[] = []): Promise<Finding[]> {
  const { namespace } = facts.target;
  const service = await theService(facts);
  const selector = valueOr(service, undefined)?.spec?.selector ?? {};
  const workloads = valueOr(await facts.ask(workloadsIn(namespace)), { items: [] }).items;
  const made = new Set(pods.map(workloadOf).map(({ kind, name }) => `${kind}/${name}`));
  const wanted = workloads.filter(
    (one) => one.wanted > 0 && serviceSelects(selector, one.templateLabels) && !made.has(`${one.kind}/${one.name}`),
  );
  if (wanted.length === 0) return [];
  const events = valueOr<{ items: Event[] }, { items: Event[] }>(await facts.ask(eventsIn(namespace)), { items: [] });
  return wanted.flatMap((workload): Finding[] => {
    const failed = newestEvent(
      events.items.filter((event) => isOf(event, workload)),
      ['FailedCreate'],
    );
    if (!failed) return [];
    const { kind = '', name = '' } = failed.involvedObject;
    const describe = kubectl(namespace, 'describe', kind.toLowerCase(), name);
    const message = (failed.message ?? '')
      .replace(/^Error creating: /, '')
      .replace(/^create Pod \S+ in \S+ \S+ failed error: /, '');
    return [
      {
        code: 'pods/create-failed',
        severity: 'error',
        breaks: 'creation',
        subject: {},
        params: { pods: [], container: '', workload: `${workload.kind} ${workload.name}`, message },
        evidence: [{ what: 'pods.event', params: { pod: `${kind} ${name}`, message }, command: describe }],
        remedies: [{ id: 'describe', commands: [describe] }],
      },
    ];
  });
}
