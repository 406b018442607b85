import { describe, expect, test } from 'vitest';
import { deployment, scene, service, slices, WEB } from '../scene.ts';

describe('the API machinery', () => {
  test('what belongs to nobody any more goes, and a namespace takes everything with it', async () => {
    const set = await scene({
      manifests: deployment('web', WEB) + service('web', 'selector: { app: web }, ports: [{ port: 80 }]'),
    });
    await set.kubectl('delete', 'deployment', 'web');
    expect([set.fields('replicasets', '.metadata.name'), set.fields('pods', '.metadata.name')]).toEqual(['', '']);
    await set.kubectl('delete', 'service', 'web');
    expect(slices(set)).toEqual([]);
    await set.kubectl('delete', 'namespace', 'shop');
    expect(set.world.store.list('Namespace').map(({ metadata }) => metadata.name)).not.toContain('shop');
  });

  test('time that is shown is never ahead of the real one', async () => {
    const set = await scene({ manifests: deployment('web', WEB) });
    await set.world.change(3_600_000, () => undefined);
    await set.kubectl('delete', 'pods', '-l', 'app=web');
    const created = Date.parse(set.fields('pods', '.metadata.creationTimestamp'));
    expect(created).toBeLessThanOrEqual(Date.now());
    expect(Date.now() - created).toBeLessThan(60_000);
  });
});
