import { keptFromOthers } from '../../facts/admission.ts';
import { clusterIPsOf, isTcp, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { readyPods, selfReport } from '../../facts/hairpin.ts';
import { viaClusterIP } from '../../facts/heard.ts';
import { theService } from '../../facts/pods.ts';
import { mainReport, type ProbeReport } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Service, ServicePort } from '../../model/kubernetes.ts';
import { hidden, outcome, skipped } from '../../model/outcome.ts';
import { portKey } from '../../model/ports.ts';
import type { Outcome } from '../../model/step.ts';
import { repeat } from '../repeat.ts';
import type { Step } from '../step.ts';
import './findings.ts';

/** Whether a backend reaches itself through its own Service. Asked only where that could still be the complaint. */
export const hairpin: Step = {
  id: 'hairpin',
  async check(facts: Facts) {
    const service = await theService(facts);
    if (!service.known) return hidden(service.obstacle);
    if (clusterIPsOf(service.value.spec).length === 0) return skipped({ what: 'hairpin.no-cluster-ip', params: {} });
    const ready = await readyPods(facts);
    if (ready.length === 0) return skipped({ what: 'hairpin.no-backend', params: {} });
    const report = await mainReport(facts);
    if (!report.known) return hidden(report.obstacle);
    const isBackend = ready.some(
      ({ backend }) => report.value.vantage.kind === 'pod' && backend.name === report.value.vantage.pod,
    );
    if (!isBackend && !facts.consent.nodeChecks && !answersOthers(facts, service.value, report.value)) {
      return skipped({ what: 'hairpin.not-asked', params: {} });
    }
    const self = await facts.ask(selfReport(facts.target));
    if (!self.known) return outcome({ obstacles: [self.obstacle], hides: true });
    return judged(facts, service.value, self.value, ready.length);
  },
};

function answersOthers(facts: Facts, service: Service, report: ProbeReport): boolean {
  const reached = portsInScope(service.spec?.ports, facts.target)
    .filter(isTcp)
    .flatMap((port) => viaClusterIP(report, service, port) ?? []);
  return reached.length > 0 && reached.every(({ failures }) => failures === 0);
}

async function judged(facts: Facts, service: Service, self: ProbeReport, backends: number): Promise<Outcome> {
  const ports = portsInScope(service.spec?.ports, facts.target).filter(isTcp);
  const results = await Promise.all(ports.map((port) => judgedPort(facts, service, self, port, backends)));
  return outcome({
    findings: results.flatMap(({ finding }) => finding ?? []),
    observations: results.flatMap(({ observation }) => observation ?? []),
    obstacles: results.some(({ observation }) => !observation)
      ? [{ kind: 'no-probe', reason: 'no-tool', message: `${self.vantage.pod} has no tool to ask with` }]
      : [],
    hides: results.some(({ cannotTell }) => cannotTell),
  });
}

interface Judged {
  finding?: Finding;
  observation?: Observation;
  cannotTell: boolean;
}

async function judgedPort(
  facts: Facts,
  service: Service,
  self: ProbeReport,
  port: ServicePort,
  backends: number,
): Promise<Judged> {
  const reach = viaClusterIP(self, service, port);
  if (!reach) return { cannotTell: true };
  const { pod } = self.vantage;
  const command = repeat(self, { address: clusterIPsOf(service.spec)[0] ?? '', port: port.port });
  const params = { pod, port: portKey(port), asked: reach.asked, failures: reach.failures, backends };
  const itself = reach.attempts.some(({ body }) => body?.includes(pod));
  // a backend that has answered itself once can: what else failed is not hairpin
  const lost = reach.attempts.some(({ outcome: met }) => met === 'silent' || met === 'no-route');
  const kept = reach.failures > 0 && (await keptFromOthers(facts, self, port));
  if (reach.failures > 0 && lost && !itself && !kept)
    return failing(facts, self.vantage.id, params, { what: 'hairpin.failed', params, command });
  if ((backends > 1 && !itself) || reach.failures > 0)
    return { observation: { what: 'hairpin.cannot-tell', params, command }, cannotTell: true };
  return { observation: { what: 'hairpin.reached', params, command }, cannotTell: false };
}

type HairpinParams = { pod: string; port: string; asked: number; failures: number; backends: number };

function failing({ target }: Facts, from: string, params: HairpinParams, observation: Observation): Judged {
  const cni = kubectl('kube-system', 'get', 'pods', '-o', 'wide');
  const flags = ['bridge', '-d', 'link', 'show'];
  const finding: Finding = {
    code: 'hairpin/fails',
    severity: 'error',
    breaks: 'hairpin',
    subject: { port: params.port, from },
    params: { ...params, service: target.service },
    evidence: [observation],
    remedies: [{ id: 'hairpin-mode', commands: [flags, cni] }],
  };
  return { finding, observation, cannotTell: false };
}
