import { keptFromOthers } from '../../facts/admission.ts';
import { clusterIPsOf, isTcp, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { type ReadyPod, readyPods, selfReport } from '../../facts/hairpin.ts';
import { viaBackend, viaClusterIP } from '../../facts/heard.ts';
import { isKnowable, metItself, slowOnes } from '../../facts/ownAnswer.ts';
import { theService } from '../../facts/pods.ts';
import { isClient } from '../../facts/policies.ts';
import type { ProbeReport } from '../../facts/probe.ts';
import { mainReport } from '../../facts/reports.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Service, ServicePort } from '../../model/kubernetes.ts';
import { hidden, outcome, skipped, withoutService } from '../../model/outcome.ts';
import { portKey } from '../../model/ports.ts';
import type { Attempt } from '../../model/probe.ts';
import type { Reach } from '../../model/reach.ts';
import type { Outcome } from '../../model/step.ts';
import { repeat } from '../repeat.ts';
import type { Step } from '../step.ts';
import { failing } from './failing.ts';

/** Whether a backend reaches itself through its own Service. Asked only where that could still be the complaint. */
export const hairpin: Step = {
  id: 'hairpin',
  async check(facts: Facts) {
    const service = await theService(facts);
    if (!service.known) return withoutService(service.obstacle, { what: 'hairpin.no-service', params: {} });
    if (clusterIPsOf(service.value.spec).length === 0) return skipped({ what: 'hairpin.no-cluster-ip', params: {} });
    const ready = await readyPods(facts);
    const [asked] = ready;
    if (!asked) return skipped({ what: 'hairpin.no-backend', params: {} });
    const report = await mainReport(facts);
    if (!report.known) return hidden(report.obstacle);
    const isBackend = ready.some(
      ({ backend }) => report.value.vantage.kind === 'pod' && backend.name === report.value.vantage.pod,
    );
    // the client that suffers was named, and what only a backend meets is no complaint of its
    if (!isBackend && !facts.consent.nodeChecks && isClient(report.value))
      return skipped({ what: 'hairpin.no-backend-itself', params: { client: report.value.vantage.pod } });
    if (!isBackend && !answersOthers(facts, service.value, report.value))
      return skipped({ what: 'hairpin.not-asked', params: {} });
    const self = await facts.ask(selfReport(facts.target));
    if (!self.known) return outcome({ obstacles: [self.obstacle], hides: true });
    return judged({
      facts,
      service: service.value,
      self: self.value,
      asked,
      backends: ledTo(service.value, asked, ready),
    });
  },
};

function answersOthers(facts: Facts, service: Service, report: ProbeReport): boolean {
  const reached = portsInScope(service.spec?.ports, facts.target)
    .filter(isTcp)
    .flatMap((port) => viaClusterIP(report, service, port) ?? []);
  return reached.length > 0 && reached.every(({ failures }) => failures === 0);
}

/** How many backends a request of this one may be led to, itself among them. */
const ledTo = ({ spec }: Service, asked: ReadyPod, ready: readonly ReadyPod[]): number =>
  spec?.internalTrafficPolicy === 'Local'
    ? ready.filter(({ backend }) => backend.node === asked.backend.node).length
    : ready.length;

interface Asked {
  facts: Facts;
  service: Service;
  self: ProbeReport;
  /** The backend that was asked. */
  asked: ReadyPod;
  backends: number;
}

async function judged(setting: Asked): Promise<Outcome> {
  const { facts, service, self } = setting;
  const ports = portsInScope(service.spec?.ports, facts.target).filter(isTcp);
  const results = await Promise.all(ports.map((port) => judgedPort(setting, port)));
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

async function judgedPort(setting: Asked, port: ServicePort): Promise<Judged> {
  const { facts, service, self, asked, backends } = setting;
  const reach = viaClusterIP(self, service, port);
  if (!reach) return { cannotTell: true };
  const { pod } = self.vantage;
  const command = repeat(self, { address: clusterIPsOf(service.spec)[0] ?? '', port: port.port });
  const params = { pod, port: portKey(port), asked: reach.asked, failures: reach.failures, backends };
  // a backend that has answered itself once can: what else failed is not hairpin. Alone, whatever answers is itself
  const itself = (backends === 1 && reach.answered > 0) || metItself(self, asked.backend, port, reach.attempts);
  const slow = slowOnes(reach.attempts);
  const lost = reach.attempts.some(({ outcome: met }) => met === 'silent' || met === 'no-route');
  // with others behind the Service, some of them would have answered, and each of them well when asked directly
  const only = backends === 1 || (reach.answered > 0 && isWell(await directly(setting, port)));
  const suspicious = (reach.failures > 0 && lost && only) || (await isStuck(setting, port, reach, slow));
  if (suspicious && !itself && !(await keptFromOthers(facts, self, port))) {
    const failed = { what: 'hairpin.failed', params: { ...params, slow }, command } as const;
    return {
      finding: await failing(facts, asked.pod, { ...params, slow }, failed),
      observation: failed,
      cannotTell: false,
    };
  }
  // led back it was where connections opened, however long the answer takes
  const opens = reach.attempts.every(({ outcome: met }) => OPENED.includes(met));
  if (!itself && (backends > 1 || !opens)) {
    const anonymous = !isKnowable(self, asked.backend, port);
    return {
      observation: { what: 'hairpin.cannot-tell', params: { ...params, anonymous }, command },
      cannotTell: true,
    };
  }
  return { observation: { what: 'hairpin.reached', params: { ...params, failures: 0 }, command }, cannotTell: false };
}

const OPENED: readonly Attempt['outcome'][] = ['answered', 'closed', 'opened', 'hangs'];

/** What it met when it asked each backend itself. */
async function directly({ facts, self }: Asked, port: ServicePort): Promise<Attempt[]> {
  const ready = await readyPods(facts);
  return ready.flatMap(({ backend }) => viaBackend(self, backend, port)?.attempts ?? []);
}

const isWell = (attempts: readonly Attempt[]): boolean =>
  slowOnes(attempts) === 0 && attempts.every(({ outcome: met }) => met !== 'silent');

/** Odds that this many tries by chance never led back, below which it is no chance; and below which no slow machine is meant. */
const NO_CHANCE = 1e-3;
const BEYOND_DOUBT = 1e-6;

/**
 * It never meets itself: a part of the connections takes a second and more, while each backend
 * that is asked directly answers at once. With session affinity it may never be led back at all.
 */
async function isStuck(
  setting: Asked,
  port: ServicePort,
  { asked: tries, attempts, failures }: Reach,
  slow: number,
): Promise<boolean> {
  const { facts, service, self, asked, backends } = setting;
  if (backends < 2 || slow + failures === 0 || service.spec?.sessionAffinity === 'ClientIP') return false;
  const knowable = isKnowable(self, asked.backend, port);
  const odds = (1 - 1 / backends) ** tries;
  if (knowable && odds < BEYOND_DOUBT && !prefersNear(service)) return true;
  const direct = await directly(setting, port);
  // twice what chance brings: then it is slow for another reason
  if (slow === 0 || slowOnes(direct) > 0 || slow > attempts.length * Math.min(0.95, 2 / backends)) return false;
  if (knowable) return odds < NO_CHANCE;
  const main = await mainReport(facts);
  const others = main.known ? (viaClusterIP(main.value, service, port)?.attempts ?? []) : [];
  const another = main.known && main.value.vantage.pod !== self.vantage.pod;
  return another && others.length > 0 && slowOnes(others) === 0 && slow >= 3 && slow / tries > 0.4 / backends;
}

/** Endpoints near by come first then, and which are near is for their controller to say. */
const prefersNear = ({ metadata, spec }: Service): boolean =>
  spec?.trafficDistribution !== undefined ||
  metadata?.annotations?.['service.kubernetes.io/topology-mode'] !== undefined;
