import { expect, test } from 'vitest';
import type { ObjectMeta } from '../../src/model/kubernetes.ts';
import { STEPS } from '../../src/steps/index.ts';
import { en } from '../../src/text/en/index.ts';
import { withChanges } from '../../src/walk/changes.ts';
import { diagnose } from '../../src/walk/diagnose.ts';
import { walk } from '../../src/walk/walk.ts';
import { ago, factsOf, type World } from '../support/facts.ts';
import type { FakeObject } from '../support/fakeCluster.ts';
import { metaOf, pod, service } from '../support/objects.ts';
import { endpoint, namespace, slice, workload } from '../support/workloads.ts';

/** The same object, last written so many seconds ago. */
function writtenBy<T extends FakeObject>(object: T, manager: string, secondsAgo: number, fields: object = {}): T {
  const entry = {
    manager,
    time: ago(secondsAgo),
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
  };
  const metadata: ObjectMeta = { ...object.metadata, managedFields: [entry] };
  return { ...object, metadata };
}

async function diagnosed(world: World) {
  const facts = factsOf({ raw: { '/version': { gitVersion: 'v1.34.4', major: '1', minor: '34' } }, ...world });
  const trail = await walk(STEPS, facts, new AbortController().signal);
  const before = facts.asked.length;
  const diagnosis = await withChanges(facts, diagnose(trail));
  const causes = diagnosis.rootCauses.map(({ code }) => code);
  const said = (diagnosis.changes ?? []).map((change) => en.changes.says[change.what](change, 'X'));
  return { causes, said, asked: facts.asked.slice(before) };
}

const selector = { 'f:spec': { 'f:selector': { 'f:app': {} } } };

test('a selector that was edited: the Service first, then what it meant', async () => {
  const objects = [
    namespace(),
    writtenBy(service({ selector: { app: 'webb' } }), 'kubectl-edit', 240, selector),
    writtenBy(workload(), 'helm', 3000),
    pod(),
    slice(),
  ];
  const { causes, said } = await diagnosed({ objects });
  expect(causes).toEqual(['endpoints/selector-mismatch']);
  expect(said).toEqual([
    'X ago  Service/web was changed by kubectl-edit (spec.selector.app)',
    'X ago  Deployment/web was changed by helm',
  ]);
});

test('a pod that is not ready: its workload, its restarts and the settings that it reads, by metadata alone', async () => {
  const setting = { kind: 'ConfigMap', metadata: metaOf({ name: 'web-config' }) };
  const secret = { kind: 'Secret', metadata: metaOf({ name: 'web-secret' }) };
  const other = { kind: 'ConfigMap', metadata: metaOf({ name: 'not-mine' }) };
  const app = {
    name: 'app',
    image: 'app:1',
    ports: [{ containerPort: 8080 }],
    envFrom: [{ configMapRef: { name: 'web-config' } }],
    readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
  };
  const running = {
    name: 'app',
    image: 'app:1',
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { running: { startedAt: ago(900) } },
  };
  const bad = pod({
    ready: false,
    status: { containerStatuses: [running] },
    spec: { containers: [app], volumes: [{ name: 'keys', secret: { secretName: 'web-secret' } }] },
  });
  const objects = [
    namespace(),
    service(),
    bad,
    slice({ endpoints: [endpoint(bad)] }),
    writtenBy(workload(), 'kubectl-set', 600),
    writtenBy(setting, 'kubectl-edit', 120, { 'f:data': { 'f:PORT': {} } }),
    writtenBy(secret, 'external-secrets', 60),
    writtenBy(other, 'kubectl-edit', 5),
  ];
  const { causes, said, asked } = await diagnosed({ objects });
  expect(causes).toEqual(['pods/not-ready']);
  expect(said).toEqual([
    'X ago  Secret/web-secret was changed by external-secrets',
    'X ago  ConfigMap/web-config was changed by kubectl-edit (data.PORT)',
    'X ago  Deployment/web was changed by kubectl-set',
  ]);
  expect(asked).toEqual(expect.arrayContaining(['list secrets', 'list configmaps']));
  expect(asked).not.toContain('get secrets');
});

test('a policy that denies', async () => {
  const policy = {
    kind: 'NetworkPolicy',
    metadata: metaOf({ name: 'deny-all' }),
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  };
  const web = pod();
  const objects = [
    namespace(),
    service(),
    web,
    slice({ endpoints: [endpoint(web)] }),
    writtenBy(policy, 'argocd-controller', 30),
  ];
  const vantage = { id: 'pod/shop/front', kind: 'pod', pod: 'front', labels: { app: 'front' } } as const;
  const { causes, said } = await diagnosed({ objects, vantage, connections: {} });
  expect(causes).toContain('network-policy/ingress-denied');
  expect(said).toContain('X ago  NetworkPolicy/deny-all was changed by argocd-controller');
});

test('what may not be read is left out', async () => {
  const objects = [namespace(), service({ selector: { app: 'webb' } }), workload(), pod(), slice()];
  const { causes, said } = await diagnosed({ objects, forbidden: ['get deployments'] });
  expect(causes).toEqual(['endpoints/selector-mismatch']);
  expect(said).toEqual(['X ago  Service/web was created']);
});

test('nothing is asked where nothing is broken', async () => {
  const web = pod();
  const objects = [namespace(), service(), web, slice({ endpoints: [endpoint(web)] })];
  const connections = { '10.96.0.10:80': 'answered', '10.244.0.5:8080': 'answered' } as const;
  const { causes, said, asked } = await diagnosed({ objects, connections });
  expect(causes).toEqual([]);
  expect(said).toEqual([]);
  expect(asked).toEqual([]);
});
