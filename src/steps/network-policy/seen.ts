/** Observations about policies, each with the command that shows it again. */
import { viaBackend } from '../../facts/heard.ts';
import type { Judged, PolicyScene } from '../../facts/policies.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import type { Observation } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import type { Direction, PodParty } from '../../model/networkPolicy/party.ts';
import type { PolicyRef } from '../../model/networkPolicy/policies.ts';
import { portKey } from '../../model/ports.ts';
import { printLabels } from '../../model/selector.ts';
import { repeat } from '../repeat.ts';

export const DIRECTIONS = ['egress', 'ingress'] as const satisfies readonly Direction[];

/** `deny-all`, or `office/deny-all` where it is not in the Service's namespace. */
export const printRef =
  (home: string) =>
  ({ namespace, policy }: PolicyRef): string =>
    namespace === home ? policy : `${namespace}/${policy}`;

/** The namespace of the backends. */
export const homeOf = ({ connection: { backend } }: Judged): string =>
  backend.kind === 'pod' ? backend.namespace : '';

/** What the probe met on the pod's own address. */
export function reachSeen(report: ProbeReport, port: ServicePort, backend: Judged['backend']): Observation[] {
  const reach = viaBackend(report, backend, port);
  const number = backend.ports[portKey(port)];
  if (!reach || number === undefined) return [];
  const { asked, answered, failure = '' } = reach;
  const params = { address: backend.address, port: number, failure, answered, asked };
  return [
    { what: 'network-policy.reach', params, command: repeat(report, { address: backend.address, port: number }) },
  ];
}

/** The policies that isolate one end, and how to read them. */
export function policySeen(judged: Judged, direction: Direction): Observation[] {
  const { verdict, connection } = judged;
  const { isolatedBy } = verdict[direction];
  const end = direction === 'ingress' ? connection.backend : connection.client;
  const [first] = isolatedBy;
  if (!first) return [];
  return [
    {
      what: 'network-policy.isolated',
      params: {
        policies: isolatedBy.map(printRef(homeOf(judged))),
        direction,
        pod: end.kind === 'pod' ? (end.name ?? '') : end.address,
      },
      command: kubectl(first.namespace, 'describe', 'networkpolicy', ...isolatedBy.map(({ policy }) => policy)),
    },
  ];
}

/** What is worth a line where nothing is wrong. */
export function standing(
  { policies }: PolicyScene,
  judged: readonly Judged[],
  port: ServicePort,
  client: PodParty,
): Observation[] {
  const [first] = judged;
  const admitted = judged.find(({ verdict }) => verdict.ingress.admittedBy)?.verdict.ingress.admittedBy;
  if (admitted) {
    const params = {
      port: portKey(port),
      client: client.name ?? '',
      policy: printRef(client.namespace)(admitted),
      rule: admitted.rule + 1,
    };
    const command = kubectl(admitted.namespace, 'describe', 'networkpolicy', admitted.policy);
    return [{ what: 'network-policy.admitted', params, command }];
  }
  const isolated = first ? DIRECTIONS.flatMap((direction) => policySeen(first, direction)) : [];
  if (isolated.length > 0) return isolated;
  return first ? [{ what: 'network-policy.free', params: { port: portKey(port), policies: policies.length } }] : [];
}

export const labelsSeen = ({ namespace, name = '', labels }: PodParty): Observation[] => [
  {
    what: 'network-policy.client-labels',
    params: { pod: `${namespace}/${name}`, labels: printLabels(labels) },
    command: kubectl(namespace, 'get', 'pod', name, '--show-labels'),
  },
];
