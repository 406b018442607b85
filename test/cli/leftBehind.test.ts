import { afterEach, expect, test, vi } from 'vitest';
import { type ApiServer, failure, startApiServer } from '../support/apiServer.ts';
import { runInside } from '../support/host.ts';
import { pod, service } from '../support/objects.ts';
import { servePods } from '../support/pods.ts';
import { fileWith } from '../support/program.ts';
import { serveObjects } from '../support/served.ts';
import { endpoint, slice } from '../support/workloads.ts';

vi.setConfig({ testTimeout: 30_000 });

const DELETE_REFUSED =
  'pods "p" is forbidden: User "jo" cannot delete resource "pods" in API group "" in the namespace "shop"';
const EXEC_REFUSED =
  'pods "p" is forbidden: User "jo" cannot get resource "pods/exec" in API group "" in the namespace "shop"';

let server: ApiServer | undefined;
afterEach(() => server?.close());

/** A run of somebody who may create a probe pod, and not remove it. */
async function run(...flags: string[]) {
  const web = pod();
  server = await startApiServer();
  serveObjects(server, [
    { kind: 'Namespace', metadata: { name: 'shop' } },
    service(),
    web,
    slice({ endpoints: [endpoint(web)] }),
  ]);
  const pods = servePods(server, 'shop', {
    deletion: failure(403, 'Forbidden', DELETE_REFUSED),
    exec: { refuse: failure(403, 'Forbidden', EXEC_REFUSED) },
  });
  const args = ['web', '-n', 'shop', '--yes', '--no-input', '--kubeconfig', fileWith(server.kubeconfig()), ...flags];
  const ended = await runInside(args);
  const [name = ''] = pods.created;
  expect(name).toMatch(/^svc-debug-/);
  return { ...ended, name };
}

test('whoever may not delete the probe pod is told so, for how long it runs, and with what right it goes', async () => {
  const { stderr, name } = await run();
  const words = stderr.replace(/\s+/g, ' ');
  expect(words).toContain(`Still there: pod shop/${name}; not allowed to delete pods in namespace shop.`);
  expect(words).toContain('Nothing in it runs beyond 120 s from its start');
  expect(stderr).toMatch(/^svc-debug .*cleanup -n shop$/m);
  expect(stderr).toContain('  - { apiGroups: [""], resources: [pods], verbs: [delete] }');
});

test('JSON names it, too, and its Role holds the right', async () => {
  const { stdout, name } = await run('-o', 'json');
  const { leftovers, roles } = JSON.parse(stdout);
  expect(leftovers).toEqual([
    {
      pod: `shop/${name}`,
      lifeSeconds: 120,
      obstacle: expect.objectContaining({ kind: 'forbidden', verb: 'delete', resource: 'pods', namespace: 'shop' }),
    },
  ]);
  const rules = roles.flatMap((role: { rules: { resources: string[]; verbs: string[] }[] }) => role.rules);
  const toPods = rules.find(({ resources }: { resources: string[] }) => resources.includes('pods'));
  expect(toPods?.verbs).toContain('delete');
});
