/** The selector matches no pod: what it nearly matches, and what would match if it had pods. */
import { nearby } from '../../facts/meant.ts';
import { type PodsAround, podsAround } from '../../facts/podsAround.ts';
import type { ReadWorkload } from '../../facts/workloads.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { NearMiss } from '../../model/nearMiss.ts';
import { printLabels, serviceSelects } from '../../model/selector.ts';
import type { Judged } from './endpoints.ts';
import { type Inspection, selectedNote, severityOf } from './inspection.ts';
import { mismatch } from './mismatch.ts';

export async function nothingSelected(inspection: Inspection): Promise<Judged> {
  const { facts, service } = inspection;
  const around = await facts.ask(podsAround(facts.target, service));
  if (!around.known) return { findings: [noPods(inspection)], obstacles: [around.obstacle] };
  return { findings: [causeOf(inspection, around.value)], obstacles: around.value.obstacles };
}

/** A workload whose template fits is what was meant, though it has no pods; only then what nearly fits. */
function causeOf(inspection: Inspection, around: PodsAround): Finding {
  const { facts, service } = inspection;
  const selector = service.spec?.selector ?? {};
  const fitting = around.workloads.filter(({ templateLabels }) => serviceSelects(selector, templateLabels));
  const idle = fitting.find(({ kind, wanted }) => wanted === 0 && kind !== 'DaemonSet');
  const [workload] = fitting;
  if (idle && fitting.every(({ wanted }) => wanted === 0)) return scaledToZero(inspection, idle);
  if (workload) return noPods(inspection, workload);
  const near = nearby(facts.target, service, around);
  const [nearest] = near;
  if (!nearest) return noPods(inspection);
  return nearest.otherNamespace ? elsewhere(inspection, near) : mismatch(inspection, nearest);
}

const workloadCommand = (namespace: string, { kind, name }: ReadWorkload) =>
  kubectl(namespace, 'get', `${kind.toLowerCase()}/${name}`);

function scaledToZero(inspection: Inspection, workload: ReadWorkload): Finding {
  const { selector, facts } = inspection;
  const { namespace } = facts.target;
  const { kind, name } = workload;
  const plural = `${kind.toLowerCase()}s`;
  return {
    code: 'endpoints/scaled-to-zero',
    severity: severityOf(inspection),
    breaks: 'selection',
    subject: {},
    params: { selector, workload: `${kind}/${name}` },
    evidence: [
      selectedNote(inspection),
      {
        what: 'endpoints.workload',
        params: { workload: `${kind}/${name}`, wanted: 0 },
        command: workloadCommand(namespace, workload),
      },
    ],
    remedies: [
      {
        id: 'scale',
        commands: [kubectl(namespace, 'scale', `${kind.toLowerCase()}/${name}`, '--replicas=1')],
        patch: {
          target: { group: 'apps', version: 'v1', plural, namespace, name },
          type: 'merge-patch+json',
          body: { spec: { replicas: 1 } },
        },
      },
    ],
  };
}

/**
 * Nothing fits. With `workload` something does, and has no pods: it may be held up by a quota or by admission, which
 * its own condition says and the step that looks at pods reports; then this is the symptom.
 */
function noPods(inspection: Inspection, workload?: ReadWorkload): Finding {
  const { selector, facts } = inspection;
  const { namespace } = facts.target;
  const name = workload && `${workload.kind}/${workload.name}`;
  const wanted = workload?.wanted ?? 0;
  return {
    code: 'endpoints/no-pods',
    severity: severityOf(inspection),
    breaks: wanted > 0 ? 'endpoints' : 'selection',
    subject: {},
    params: {
      selector,
      wanted,
      nodeSelector: printLabels(workload?.podSpec.nodeSelector),
      ...(name !== undefined && { workload: name }),
    },
    evidence: [
      selectedNote(inspection),
      ...(workload && name !== undefined
        ? [
            {
              what: 'endpoints.workload',
              params: { workload: name, wanted },
              command: workloadCommand(namespace, workload),
            } as const,
          ]
        : []),
    ],
    remedies: name
      ? [{ id: 'look-at-workload', commands: [kubectl(namespace, 'describe', name.toLowerCase())] }]
      : [{ id: 'list-pods', commands: [kubectl(namespace, 'get', 'pods', '--show-labels')] }],
  };
}

function elsewhere(inspection: Inspection, near: readonly NearMiss[]): Finding {
  const { selector, facts } = inspection;
  const { namespace, service } = facts.target;
  const found = near.filter(({ otherNamespace, differences }) => otherNamespace && differences.length === 0);
  const namespaces = [...new Set(found.map(({ group }) => group.namespace))].sort();
  const { group } = (found[0] ?? near[0]) as NearMiss;
  const { kind, name } = group.workload;
  const target = `${service}.${group.namespace}.svc.cluster.local`;
  return {
    code: 'endpoints/pods-in-other-namespace',
    severity: severityOf(inspection),
    breaks: 'selection',
    subject: {},
    params: { selector, namespace, namespaces, workload: `${kind}/${name}`, pods: group.pods },
    evidence: [
      selectedNote(inspection),
      {
        what: 'endpoints.elsewhere',
        params: { selector, namespaces },
        command: kubectl(undefined, 'get', 'pods', '-A', '-l', selector),
      },
    ],
    remedies: [
      { id: 'expose-there', commands: exposeThere(inspection, group.namespace) },
      {
        id: 'alias',
        commands: [
          kubectl(namespace, 'delete', 'service', service),
          kubectl(namespace, 'create', 'service', 'externalname', service, `--external-name=${target}`),
        ],
      },
    ],
  };
}

/** The same Service in the namespace of the pods; `create service` takes TCP ports only, and a number as targetPort. */
function exposeThere({ facts, service, selector }: Inspection, namespace: string) {
  const ports = (service.spec?.ports ?? []).map(({ port, targetPort }) => `--tcp=${port}:${targetPort ?? port}`);
  const { service: name } = facts.target;
  return [
    kubectl(namespace, 'create', 'service', 'clusterip', name, ...ports),
    kubectl(namespace, 'set', 'selector', 'service', name, selector),
  ];
}
