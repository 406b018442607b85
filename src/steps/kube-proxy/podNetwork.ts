/** What probes say of the network between nodes. */
import { viaBackend } from '../../facts/heard.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import type { Witness } from '../../facts/witnesses.ts';
import type { Backend } from '../../model/backends.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';

/** Backends on one node answer and those on another are silent: the network between nodes, not the Service. */
export function podNetwork(
  ports: readonly ServicePort[],
  report: ProbeReport,
  backends: readonly Backend[],
  witnesses: readonly Witness[],
): Finding<'kube-proxy/pod-network'>[] {
  const { node: home, id } = report.vantage;
  if (!home) return [];
  const heard = backends
    .filter(({ ready, node }) => ready && node !== undefined)
    .flatMap((backend) =>
      ports.flatMap((port) => {
        const reach = viaBackend(report, backend, port);
        return reach
          ? [
              {
                node: backend.node ?? '',
                answers: reach.answered > 0,
                silent: reach.answered === 0 && reach.failure === 'silent',
              },
            ]
          : [];
      }),
    );
  const missed = heard.filter(({ silent }) => silent).map(({ node }) => node);
  const all = [...heard, ...witnesses];
  const nodes = [...new Set(all.map(({ node }) => node))].sort();
  const reached = nodes.filter((node) => all.every((one) => one.node !== node || one.answers));
  const unreached = nodes.filter((node) => all.every((one) => one.node !== node || one.silent));
  // only what keeps the Service's own pods away is worth a word here
  if (!unreached.some((node) => missed.includes(node))) return [];
  // silence may have many reasons: a pod of the same kind must answer near by, and be silent over there
  const near = heard.some(({ node, answers }) => node === home && answers);
  const isWitnessed = (node: string) => witnesses.some((one) => one.node === node && one.silent);
  if (!near && !unreached.every(isWitnessed)) return [];
  if (!reached.includes(home) || unreached.length === 0 || reached.length + unreached.length < nodes.length) return [];
  return [
    {
      code: 'kube-proxy/pod-network',
      severity: 'error',
      breaks: 'node-network',
      subject: { from: id },
      params: { from: home, reached, unreached },
      evidence: [{ what: 'kube-proxy.by-node', params: { reached, unreached } }],
      remedies: [{ id: 'look-at-cni', commands: [kubectl('kube-system', 'get', 'pods', '-o', 'wide')] }],
    },
  ];
}
