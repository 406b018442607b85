import { expect, test } from 'vitest';
import { podsAtHand } from '../../src/cli/podsAtHand.ts';
import { isClient } from '../../src/facts/policies.ts';
import type { Pod } from '../../src/model/kubernetes.ts';
import type { Target } from '../../src/model/target.ts';
import { fakeCluster } from '../support/fakeCluster.ts';
import { pod, service } from '../support/objects.ts';

const target: Target = { namespace: 'shop', service: 'web', scheme: 'auto', forSeconds: 0 };
const running: NonNullable<Pod['status']> = {
  phase: 'Running',
  containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: true, restartCount: 0, state: { running: {} } }],
};
const named = (name: string, app: string, url?: string, status = running) =>
  pod({
    name,
    labels: { app },
    spec: { containers: [{ name: 'c', image: 'i', ...(url !== undefined && { env: [{ name: 'URL', value: url }] }) }] },
    status,
  });

test('clients first, then what runs beside them, backends last, and none that does not run', async () => {
  const pods = [
    named('backend', 'web'),
    named('bystander', 'batch'),
    named('pending', 'late', undefined, { phase: 'Pending' }),
    named('client', 'shop', 'http://web'),
  ];
  const cluster = fakeCluster({ objects: [service({ name: 'web', selector: { app: 'web' } }), ...pods] });
  expect(await podsAtHand(cluster, target)).toEqual([
    { name: 'client', client: true },
    { name: 'bystander', client: false },
    { name: 'backend', client: false },
  ]);
});

test('policies that hold a bystander say nothing of clients', () => {
  const vantage = { id: 'pod/shop/a', kind: 'pod', namespace: 'shop', pod: 'a', labels: {} } as const;
  expect(isClient({ vantage })).toBe(true);
  expect(isClient({ vantage: { ...vantage, bystander: true } })).toBe(false);
});
