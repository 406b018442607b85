/** What probes alone say of the proxy: the cluster IP fails, and the pods behind it answer from the same node. */
import { isTcp, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { viaBackend, viaClusterIP } from '../../facts/heard.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import type { Witness } from '../../facts/witnesses.ts';
import type { Backend } from '../../model/backends.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Service, ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import type { Reach } from '../../model/reach.ts';
import { podNetwork } from './podNetwork.ts';
import { onNode, sync } from './remedies.ts';

export interface Differential {
  findings: Finding[];
  observations: Observation[];
  /** Every port that was asked answers on the cluster IP, from the first vantage point. */
  forwards: boolean;
  /** Nodes from which the cluster IP fails although the pods answer. */
  failing: readonly string[];
  /** Nodes between which, or on which, packets from pod to pod are lost. */
  cutOff: readonly string[];
  /** Nodes between which packets may be lost: a pod of the one was silent to the other, which has other reasons as well. */
  lost: readonly string[];
  /** Nodes from which every connection to it was answered. */
  answering: readonly string[];
}

/** The same Service from each vantage point: a broken node is told from a broken Service without any privilege. */
export function differentials(
  facts: Facts,
  service: Service,
  reports: readonly ProbeReport[],
  backends: readonly Backend[],
  /** By vantage point. */
  beside: Readonly<Record<string, Beside>> = {},
): Differential {
  const ports = portsInScope(service.spec?.ports, facts.target).filter(isTcp);
  const views = reports.map((report) => viewFrom(service, report, ports));
  const failures = reports.flatMap((report) =>
    ports.flatMap((port) => notForwarding(service, report, port, backends, elsewhere(views, report, port))),
  );
  const cuts = reports.flatMap((report) => {
    const { witnesses = [], hung = [] } = beside[report.vantage.id] ?? {};
    const speaking = backends.filter(({ name }) => !hung.includes(name));
    return podNetwork(ports, report, speaking, witnesses);
  });
  const nodesOf = (wanted: readonly View[]) => [...new Set(wanted.flatMap(({ report }) => report.vantage.node ?? []))];
  const answering = views.filter(isAnswered);
  const [first] = views;
  return {
    findings: [...failures, ...cuts],
    observations: [
      ...(first && isAnswered(first) && first.report.vantage.node
        ? [{ what: 'kube-proxy.forwards' as const, params: { node: first.report.vantage.node } }]
        : []),
      ...(views.length > 1 ? views.flatMap(tally) : []),
    ],
    forwards: first !== undefined && isAnswered(first),
    failing: [...new Set(failures.flatMap(({ subject }) => subject.node ?? []))],
    cutOff: [...new Set(cuts.flatMap(({ params }) => [params.from, ...params.unreached]))],
    lost: [...new Set(reports.flatMap((report) => silentBetween(report, ports, backends, beside[report.vantage.id])))],
    answering: nodesOf(answering),
  };
}

/** What else a vantage point can tell of the network. */
export interface Beside {
  witnesses: readonly Witness[];
  /** Backends whose silence is that of their process. */
  hung: readonly string[];
}

/** The nodes at both ends of a way on which a ready pod said nothing, unless its process hangs. */
function silentBetween(
  report: ProbeReport,
  ports: readonly ServicePort[],
  backends: readonly Backend[],
  { hung }: Beside = { witnesses: [], hung: [] },
): string[] {
  const { node: home } = report.vantage;
  const silent = backends.filter(
    (backend) =>
      backend.ready &&
      !hung.includes(backend.name) &&
      ports.some((port) => viaBackend(report, backend, port)?.failure === 'silent'),
  );
  const far = silent.flatMap(({ node }) => (node !== undefined && node !== home ? [node] : []));
  return home !== undefined && far.length > 0 ? [home, ...far] : [];
}

/** What one vantage point met on the cluster IP, port by port. */
interface View {
  report: ProbeReport;
  heard: { port: ServicePort; reach: Reach }[];
}

const viewFrom = (service: Service, report: ProbeReport, ports: readonly ServicePort[]): View => ({
  report,
  heard: ports.flatMap((port) => {
    const reach = viaClusterIP(report, service, port);
    return reach ? [{ port, reach }] : [];
  }),
});

const isAnswered = ({ heard }: View): boolean => heard.length > 0 && heard.every(({ reach }) => reach.failures === 0);

/** "20 of 20 from node1": as many as there are ports. */
const tally = ({ report: { vantage }, heard }: View): Observation[] =>
  heard.map(({ port, reach: { answered, asked } }) => ({
    what: 'kube-proxy.from-node',
    params: { node: vantage.node ?? vantage.id, port: portKey(port), answered, asked },
  }));

/** What other nodes met on the same port, as `20 of 20 from node1`. */
const elsewhere = (views: readonly View[], { vantage }: ProbeReport, port: ServicePort): Elsewhere[] =>
  views
    .filter(({ report }) => report.vantage.node !== undefined && report.vantage.node !== vantage.node)
    .flatMap(({ report, heard }) =>
      heard
        .filter((one) => one.port === port)
        .map(({ reach: { answered, asked } }) => ({ node: report.vantage.node ?? '', answered, asked })),
    );

interface Elsewhere {
  node: string;
  answered: number;
  asked: number;
}

/** Pods that this node may be led to, for a port: with internalTrafficPolicy Local only its own. */
function expected(
  service: Service,
  node: string | undefined,
  backends: readonly Backend[],
  port: ServicePort,
): Backend[] {
  const ready = backends.filter((backend) => backend.ready && backend.ports[portKey(port)] !== undefined);
  return service.spec?.internalTrafficPolicy === 'Local' ? ready.filter((backend) => backend.node === node) : ready;
}

/** A try ends after three seconds. */
const NEARLY_SILENT_MS = 2000;

/** Connections opened, so that packets arrive; and pods that answer this late by themselves are silent to some. */
const isSlowness = ({ failure, answered }: Reach, direct: readonly Reach[]): boolean =>
  failure === 'hangs' && answered > 0 && direct.some(({ slowestMs }) => slowestMs >= NEARLY_SILENT_MS);

function notForwarding(
  service: Service,
  report: ProbeReport,
  port: ServicePort,
  backends: readonly Backend[],
  others: readonly Elsewhere[],
): Finding[] {
  const { node = '', id } = report.vantage;
  const reach = viaClusterIP(report, service, port);
  const behind = expected(service, node, backends, port);
  const direct = behind.flatMap((backend) => viaBackend(report, backend, port) ?? []);
  // a backend that is led back to itself fails for want of hairpin, not of rules
  const isBackend = report.vantage.kind === 'pod' && behind.some(({ name }) => name === report.vantage.pod);
  if (isBackend && (behind.length === 1 || (reach?.answered ?? 0) > 0)) return [];
  const podsAnswer =
    direct.length > 0 && direct.length === behind.length && direct.every(({ failures }) => failures === 0);
  if (!reach || reach.failures === 0 || !podsAnswer || isSlowness(reach, direct)) return [];
  const seen = { node, port: portKey(port), failed: reach.failures, asked: reach.asked, pods: direct.length };
  const said = others.map((other) => `${other.answered} of ${other.asked} from ${other.node}`);
  const params = { ...seen, elsewhere: said };
  const there = node ? ['--field-selector', `spec.nodeName=${node}`] : [];
  const look = kubectl('kube-system', 'get', 'pods', '-l', 'k8s-app=kube-proxy', '-o', 'wide', ...there);
  return [
    {
      code: 'kube-proxy/not-forwarding',
      severity: 'error',
      breaks: 'forwarding',
      subject: { port: portKey(port), from: id, ...(node && { node }) },
      params,
      evidence: [
        { what: 'kube-proxy.differs', params: seen, command: look },
        ...others.map(
          (other): Observation => ({ what: 'kube-proxy.from-node', params: { ...other, port: portKey(port) } }),
        ),
      ],
      remedies: [
        {
          id: 'look-at-rules',
          commands: [onNode(node === '' ? 'NODE' : node, '', 'iptables-save', '-t', 'nat')],
        },
        sync(service),
      ],
    },
  ];
}
