import { expect, test } from 'vitest';
import { clientPods } from '../../src/cli/clientPods.ts';
import type { Pod, Service } from '../../src/model/kubernetes.ts';
import type { Target } from '../../src/model/target.ts';

const target: Target = { namespace: 'shop', service: 'checkout', scheme: 'auto', forSeconds: 0 };
const service: Service = { metadata: { name: 'checkout' }, spec: { selector: { app: 'checkout' } } };

const pod = (
  name: string,
  url: string,
  change: { labels?: Record<string, string>; status?: NonNullable<Pod['status']>; deleted?: boolean } = {},
): Pod => ({
  metadata: {
    name,
    namespace: 'shop',
    labels: change.labels ?? { app: name },
    ...(change.deleted && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  },
  spec: { containers: [{ name: 'c', env: [{ name: 'CHECKOUT_URL', value: url }] }] },
  status: change.status ?? RUNNING,
});

const RUNNING: NonNullable<Pod['status']> = {
  phase: 'Running',
  containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: true, restartCount: 0, state: { running: {} } }],
};

const found = (...pods: Pod[]) => clientPods(pods, service, target).map(({ name }) => name);

test('a pod whose environment names the Service is a client, and says where', () => {
  expect(clientPods([pod('web', 'http://checkout/pay')], service, target)).toEqual([
    { name: 'web', where: 'env CHECKOUT_URL' },
  ]);
});

test('the Service of another namespace is another one', () => {
  expect(found(pod('web', 'http://checkout.other/pay'), pod('api', 'http://checkout.shop.svc:80/'))).toEqual(['api']);
});

test('its own backends are no clients of it', () => {
  expect(found(pod('checkout-1', 'http://checkout', { labels: { app: 'checkout' } }))).toEqual([]);
});

test('one pod of each workload, at most three', () => {
  const replicas = ['a', 'b'].map((hash) =>
    pod(`web-${hash}`, 'http://checkout', { labels: { app: 'web', 'pod-template-hash': hash } }),
  );
  expect(found(...replicas)).toHaveLength(1);
  expect(found(...replicas, ...['x', 'y', 'z'].map((name) => pod(name, 'http://checkout')))).toHaveLength(3);
});

test('only pods that can be asked', () => {
  expect(
    found(
      pod('done', 'http://checkout', { status: { phase: 'Succeeded' } }),
      pod('going', 'http://checkout', { deleted: true }),
      pod('crashing', 'http://checkout', { status: { phase: 'Running', containerStatuses: [] } }),
    ),
  ).toEqual([]);
});
