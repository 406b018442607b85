/** Every read of broken Services is refused, one at a time: what is said stays true, and what stays open is named. */
import { describe, expect, test } from 'vitest';
import { RESOURCES } from '../../src/facts/resources.ts';
import type { Obstacle } from '../../src/model/fact.ts';
import { STEPS } from '../../src/steps/index.ts';
import { withChanges } from '../../src/walk/changes.ts';
import { diagnose } from '../../src/walk/diagnose.ts';
import { walk } from '../../src/walk/walk.ts';
import { HEALTHY_DNS, hearing } from '../steps/dns/world.ts';
import { factsOf, type World } from '../support/facts.ts';
import type { FakeObject } from '../support/fakeCluster.ts';
import { pod, type ServiceLike, service } from '../support/objects.ts';
import { endpoint, slice, workload } from '../support/workloads.ts';

const named = (kind: string, name: string): FakeObject => ({ kind, metadata: { name } });
/** API groups of network plugins, and of gateways. */
const GROUPS = ['gateway.networking.k8s.io', 'crd.projectcalico.org', 'cilium.io', 'policy.networking.k8s.io'];
const AROUND = [named('Namespace', 'shop'), named('Node', 'node1'), ...HEALTHY_DNS];

/** Where DNS says that it is. */
const ADDRESS = '10.96.7.7';
const web = (like: ServiceLike = {}) =>
  service({ ...like, spec: { clusterIP: ADDRESS, clusterIPs: [ADDRESS], ...like.spec } });

const worldOf = (objects: readonly object[], more: World = {}): World => ({
  objects: [...(objects as FakeObject[]), ...AROUND],
  raw: {
    '/version': { gitVersion: 'v1.34.4', major: '1', minor: '34' },
    '/apis': { groups: GROUPS.map((name) => ({ name })) },
  },
  connections: { [`${ADDRESS}:80`]: 'refused' },
  answer: hearing({}),
  ...more,
});

const crashing = (kind: string) => {
  const made = pod({ name: 'web-0' });
  const ended = { reason: 'Error', exitCode: 3, finishedAt: '2026-11-23T08:59:00Z' };
  const waiting = { reason: 'CrashLoopBackOff', message: 'back-off' };
  const container = {
    name: 'web',
    image: 'i',
    envFrom: [{ secretRef: { name: 's' } }, { configMapRef: { name: 'c' } }],
  };
  const state = { name: 'web', ready: false, restartCount: 5, image: 'i', imageID: '', state: { waiting } };
  return {
    ...made,
    metadata: {
      ...made.metadata,
      ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'web', uid: 'u', controller: true }],
    },
    spec: { ...made.spec, containers: [container] },
    status: {
      ...made.status,
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [{ ...state, lastState: { terminated: ended } }],
    },
  };
};

const crash = (kind: 'StatefulSet' | 'DaemonSet' | 'Deployment'): World => {
  const sick = crashing(kind);
  return worldOf([web(), sick, workload({ kind }), slice({ endpoints: [endpoint(sick as never)] })]);
};

const typo = () => worldOf([web({ selector: { app: 'wbe' } }), pod(), workload()]);
const bare = () => worldOf([{ ...web(), spec: { ...web().spec, selector: undefined } }]);

/** What stands in for the cause where the cause itself cannot be seen: true all the same. */
const SIGNS = [
  'ip/refused',
  'endpoints/none-ready',
  'endpoints/no-ports',
  'endpoints/no-pods',
  'pods/not-ready',
  'exists/no-service',
];

const WORLDS: readonly (readonly [string, World, string])[] = [
  ['a pod of a StatefulSet that crashes', crash('StatefulSet'), 'pods/crash-loop'],
  ['a pod of a DaemonSet that crashes', crash('DaemonSet'), 'pods/crash-loop'],
  ['a pod of a Deployment that crashes', crash('Deployment'), 'pods/crash-loop'],
  ['a selector with a slip', typo(), 'endpoints/selector-mismatch'],
  ['no selector and no slices', bare(), 'endpoints/no-selector-no-slices'],
  ['a Service that is missing', worldOf([web({ name: 'wbe' }), pod(), workload()]), 'exists/misspelled'],
  ['a namespace that is missing', { ...worldOf([]), target: { namespace: 'shpo' } }, 'exists/no-namespace'],
  [
    'an address that two Services have',
    worldOf([web(), pod(), slice({ endpoints: [endpoint(pod())] }), web({ name: 'api', namespace: 'store' })], {
      connections: { [`${ADDRESS}:80`]: 'refused', '10.244.0.5:8080': 'answered' },
    }),
    'spec/address-shared',
  ],
];

async function diagnosed(world: World) {
  const facts = factsOf(world);
  const diagnosis = await withChanges(facts, diagnose(await walk(STEPS, facts, new AbortController().signal)));
  return {
    verdict: diagnosis.verdict,
    causes: diagnosis.rootCauses.map(({ code }): string => code),
    errors: diagnosis.findings.filter(({ severity }) => severity === 'error').map(({ code }): string => code),
    barred: diagnosis.notChecked.flatMap(({ obstacle }) => rightsOf(obstacle)),
    asked: [...new Set(facts.asked)].filter((read) => !read.startsWith('get /')),
  };
}

const rightsOf = (obstacle: Obstacle): string[] => [
  ...(obstacle.kind === 'forbidden' ? [`${obstacle.verb} ${obstacle.resource}`] : []),
  ...('because' in obstacle ? rightsOf(obstacle.because) : []),
];

const seen = await Promise.all(WORLDS.map(async ([, world]) => diagnosed(world)));

describe.each(WORLDS.map(([what, world, cause], i) => ({ what, world, cause, whole: seen[i]! })))(
  '$what',
  ({ world, cause, whole }) => {
    test('is found with every right', () => {
      expect(whole.causes).toContain(cause);
    });

    test.each(whole.asked)('without "%s" nothing else is blamed', async (read) => {
      const less = await diagnosed({ ...world, forbidden: [read] });
      const strange = less.errors.filter((code) => ![...whole.errors, ...SIGNS].includes(code));
      expect(strange).toEqual(less.verdict === 'no-access' ? ['access/forbidden'] : []);
      expect(less.verdict).not.toBe('healthy');
      if (less.causes.includes(cause) || less.verdict === 'no-access') return;
      expect(less.barred).toContain(read);
    });
  },
);

test('every kind that is read has its trial', () => {
  const tried = new Set(seen.flatMap(({ asked }) => asked.map((read) => read.split(' ')[1])));
  const untried = Object.values(RESOURCES).filter(({ plural }) => !tried.has(plural));
  expect(untried.map(({ plural }) => plural)).toEqual([]);
});
