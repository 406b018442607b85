import { deniedToProbe } from '../../facts/admission.ts';
import { isTcp, portsInScope } from '../../facts/backends.ts';
import type { Facts } from '../../facts/facts.ts';
import { forwardedTo } from '../../facts/forward.ts';
import { spokenTo } from '../../facts/heard.ts';
import { meantBackends } from '../../facts/meant.ts';
import { meshRefuses, outsideMesh } from '../../facts/mesh.ts';
import { sampled } from '../../facts/plan.ts';
import { theService } from '../../facts/pods.ts';
import { attemptsTo, otherSchemeTo, type ProbeReport } from '../../facts/probe.ts';
import type { Backend } from '../../model/backends.ts';
import { type Command, kubectl } from '../../model/command.ts';
import { type Obstacle, valueOr } from '../../model/fact.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import { groupBy } from '../../model/group.ts';
import type { Service, ServicePort } from '../../model/kubernetes.ts';
import { portKey } from '../../model/ports.ts';
import { type Failure, type Reach, reachOf } from '../../model/reach.ts';
import { apart } from '../apart.ts';
import { repeat } from '../repeat.ts';
import { listenerFinding } from './listenerFinding.ts';
import { reachedFindings } from './reached.ts';
import { readyBecause } from './readyBecause.ts';
import { slowFindings, timesNote } from './times.ts';

export interface Heard {
  /** Ready backends that did not answer every connection. */
  failing: string[];
  findings: Finding[];
  observations: Observation[];
  obstacles: Obstacle[];
}

/** A backend that was asked on its own address. */
export interface Asked {
  backend: Backend;
  number: number;
  reach: Reach;
}

/** Whether every ready backend answers on its own address, port by port; those that are not ready are not expected to. */
export async function listeners(facts: Facts, service: Service, report: ProbeReport): Promise<Heard> {
  const all = valueOr(await facts.ask(meantBackends(facts.target)), []);
  const backends = sampled(all);
  const ports = portsInScope(service.spec?.ports, facts.target).filter(isTcp);
  const heard = await Promise.all(ports.map((port) => listenersOf(facts, report, port, backends)));
  const note: Observation[] =
    backends.length < all.length ? [{ what: 'pods.sampled', params: { asked: backends.length, of: all.length } }] : [];
  return {
    findings: heard.flatMap(({ findings }) => findings),
    observations: [...heard.flatMap(({ observations }) => observations), ...note],
    obstacles: heard.flatMap(({ obstacles }) => obstacles),
    failing: [...new Set(heard.flatMap(({ failing }) => failing))],
  };
}

async function listenersOf(
  facts: Facts,
  report: ProbeReport,
  port: ServicePort,
  backends: readonly Backend[],
): Promise<Heard> {
  const key = portKey(port);
  const asked = backends.flatMap((backend): Asked[] => {
    const number = backend.ports[key];
    const reach = number === undefined ? undefined : reachOf(attemptsTo(report, backend.address, number));
    return number === undefined || !reach || !backend.ready ? [] : [{ backend, number, reach }];
  });
  const failing = asked.filter(({ reach }) => reach.failures > 0);
  const observations = [...answeredNote(key, asked), ...failing.map((one) => failedNote(report, key, one))];
  const understood = failing.filter(({ backend, number }) => !otherSchemeTo(report, backend.address, number));
  const groups = groupBy(understood, kindOf);
  const silent = groups.has('silent') ? await deniedToProbe(facts, report, port) : undefined;
  if (silent) groups.delete('silent');
  const meshed = groups.has('reset') ? await outsideMesh(facts, report) : undefined;
  if (meshed) groups.delete('reset');
  const findings = await Promise.all(
    [...groups].map(([kind, group]) => groupFinding(facts, report, key, kind, group, asked)),
  );
  return {
    findings: [
      ...findings,
      ...reachedFindings(facts, report, port, asked),
      ...(await slowFindings(facts, report, port, asked)),
    ],
    observations: [...observations, ...asked.map((one) => timesNote(report, key, one))],
    obstacles: [silent, meshed, meshRefuses(asked.flatMap(({ reach }) => reach.attempts))].flatMap(
      (obstacle) => obstacle ?? [],
    ),
    failing: failing.map(({ backend }) => backend.name),
  };
}

type Kind = Failure | 'intermittent';

const kindOf = ({ reach }: Asked): Kind => (reach.answered > 0 ? 'intermittent' : (reach.failure ?? 'silent'));

function answeredNote(port: string, asked: readonly Asked[]): Observation[] {
  const good = asked.filter(({ reach }) => reach.failures === 0);
  const [first] = good;
  if (!first) return [];
  const medianMs = good.map(({ reach }) => reach.medianMs).sort((a, b) => a - b)[Math.floor(good.length / 2)] ?? 0;
  return [
    {
      what: 'pods.answered',
      params: { port, number: first.number, answered: good.length, asked: asked.length, medianMs },
    },
  ];
}

const failedNote = (report: ProbeReport, port: string, { backend, number, reach }: Asked): Observation => ({
  what: 'pods.failed',
  params: {
    pod: backend.name,
    port,
    number,
    failures: reach.failures,
    asked: reach.asked,
    failure: reach.failure ?? '',
  },
  command: repeat(report, { address: backend.address, port: number }),
});

/** One finding for all backends that fail in the same way, with what a port-forward into the first of them met. */
async function groupFinding(
  facts: Facts,
  report: ProbeReport,
  port: string,
  met: Kind,
  group: readonly Asked[],
  asked: readonly Asked[],
): Promise<Finding> {
  const [first] = group as [Asked, ...Asked[]];
  const tellsMore = met === 'refused' || met === 'hangs' || met === 'silent';
  const forwarded = tellsMore ? await forwardedNote(facts, report, first) : undefined;
  // a process that hangs is silent too, once its queue of connections is full; no policy holds a port-forward back
  const mute = spokenTo(report, first) !== undefined && forwarded?.params.outcome === 'silent';
  const kind = met === 'silent' && mute ? 'hangs' : met;
  const ofProcess = kind === 'refused' || kind === 'hangs';
  const because = ofProcess ? await readyBecause(facts, first) : [];
  const others = [...(forwarded ? [forwarded] : []), ...because, ...(await differing(facts, group, asked))];
  const failed = group.slice(0, Math.max(1, SHOWN - others.length)).map((one) => failedNote(report, port, one));
  const service = valueOr(await theService(facts), undefined);
  return listenerFinding(facts, {
    kind,
    opened: met === 'hangs',
    besideCommand: besideCommand(report, first),
    selectedBy: Object.keys(service?.spec?.selector ?? {})[0],
    port,
    group,
    everyone: group.length === asked.length,
    from: report.vantage.id,
    evidence: [...failed, ...others],
    opensOnLoopback:
      forwarded !== undefined && ['answered', 'closed', 'silent'].includes(String(forwarded.params.outcome)),
  });
}

function besideCommand(report: ProbeReport, { backend: { node, address }, number }: Asked): Command | undefined {
  if (node === undefined) return undefined;
  return repeat({ ...report, vantage: { ...report.vantage, kind: 'node', node } }, { address, port: number });
}

/** Evidence that fits on the screen. */
const SHOWN = 4;

/** What sets those that fail apart from those that answer. */
const differing = (facts: Facts, group: readonly Asked[], asked: readonly Asked[]): Promise<Observation[]> =>
  apart(facts, namesOf(group), namesOf(asked.filter(({ reach }) => reach.failures === 0)));

const namesOf = (asked: readonly Asked[]): string[] => asked.map(({ backend }) => backend.name);

type Forwarded = Extract<Observation, { what: 'pods.forwarded' }>;

async function forwardedNote(
  facts: Facts,
  report: ProbeReport,
  { backend, number }: Asked,
): Promise<Forwarded | undefined> {
  const { namespace } = facts.target;
  const spoken = spokenTo(report, { backend, number });
  if (!facts.consent.probe || backend.name === backend.address) return undefined;
  const result = await facts.ask(forwardedTo(namespace, backend.name, number, spoken?.path));
  if (!result.known) return undefined;
  const { outcome } = result.value;
  const command = kubectl(namespace, 'port-forward', `pod/${backend.name}`, `:${number}`);
  return { what: 'pods.forwarded', params: { pod: backend.name, number, outcome }, command };
}
