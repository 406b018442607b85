/** The whole walk on a made-up cluster in which DNS is well and Service shop/web stands at 10.96.7.7. */
import { STEPS } from '../../src/steps/index.ts';
import { diagnose } from '../../src/walk/diagnose.ts';
import { walk } from '../../src/walk/walk.ts';
import { HEALTHY_DNS, type Heard, hearing, web } from '../steps/dns/world.ts';
import { type Connections, factsOf, type World } from '../support/facts.ts';
import type { FakeObject } from '../support/fakeCluster.ts';
import { type PodLike, pod } from '../support/objects.ts';
import { wellSaid } from '../support/sentences.ts';
import { endpoint, namespace, slice } from '../support/workloads.ts';

export const VIP = '10.96.7.7:80';
export const A = '10.244.0.5:8080';
export const B = '10.244.1.6:8080';
export const C = '10.244.1.7:8080';

/** Three pods of one Deployment: one on node1, two on node2. */
export const pods = (like: PodLike = {}) => [
  pod(like),
  pod({ name: 'web-6c5d8b7f9-bbbbb', ip: '10.244.1.6', node: 'node2', ...like }),
  pod({ name: 'web-6c5d8b7f9-ccccc', ip: '10.244.1.7', node: 'node2', ...like }),
];
export const NAMES = pods().map(({ metadata }) => metadata?.name ?? '');

/** The processes are there: a port-forward, which no policy holds back, gets through. */
export const listening: NonNullable<World['forwards']> = Object.fromEntries(
  NAMES.map((name) => [`${name}:8080`, 'answered' as const]),
);

/** Service, pods and the slice that the controller makes of them. */
export const served = (members: ReturnType<typeof pods>, service: FakeObject = web()): FakeObject[] => [
  service,
  ...members,
  slice({ endpoints: members.map(endpoint) }),
];

const around: FakeObject[] = [
  namespace(),
  ...HEALTHY_DNS,
  { kind: 'Node', metadata: { name: 'node1' } },
  { kind: 'Node', metadata: { name: 'node2' } },
];

/** Everybody answers on these addresses. */
export const answering = (...addresses: string[]): Connections =>
  Object.fromEntries(addresses.map((address) => [address, 'answered']));

export const client: NonNullable<World['vantage']> = {
  id: 'pod/shop/front',
  kind: 'pod',
  pod: 'front',
  labels: { app: 'front' },
};

const SERVER = { '/version': { gitVersion: 'v1.34.4', major: '1', minor: '34' }, '/apis': { groups: [] } };

export interface Scene extends World {
  heard?: Heard;
}

/** What the walk comes to: verdict, codes of root causes and warnings, steps and notes; every sentence is tried. */
export async function diagnosed({ heard = {}, raw, objects = [], ...world }: Scene) {
  const asks = world.connections !== undefined;
  const facts = factsOf({
    ...world,
    objects: [...objects, ...around],
    raw: { ...SERVER, ...raw },
    ...(asks && { answer: (question) => world.answer?.(question) ?? hearing(heard)(question) }),
  });
  const trail = await walk(STEPS, facts, new AbortController().signal);
  trail.forEach(wellSaid);
  const diagnosis = diagnose(trail);
  const { verdict, rootCauses, findings, notChecked } = diagnosis;
  const of = (severity: string) => findings.filter((one) => one.severity === severity).map(({ code }) => code);
  return {
    verdict,
    causes: rootCauses.map(({ code }) => code),
    rootCauses,
    errors: of('error'),
    warnings: of('warning'),
    notes: of('info'),
    findings,
    notChecked: notChecked.map(({ obstacle }) => obstacle),
    steps: Object.fromEntries(trail.map(({ step, outcome }) => [step, outcome])),
    observations: trail.flatMap(({ observations }) => observations),
    asked: facts.asked,
  };
}
