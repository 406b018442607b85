import { expect, test } from 'vitest';
import { orExisting } from '../../src/cluster/existing.ts';
import type { Cluster, PodRef } from '../../src/model/cluster.ts';
import { type Fact, known, unknown } from '../../src/model/fact.ts';
import type { Vantage } from '../../src/model/probe.ts';
import { fakeCluster } from '../support/fakeCluster.ts';
import { pod } from '../support/objects.ts';

const FORBIDDEN: Fact<Vantage> = unknown({
  kind: 'forbidden',
  verb: 'create',
  resource: 'pods',
  namespace: 'shop',
  message: 'no',
});

const running = {
  containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: true, restartCount: 0, state: { running: {} } }],
};

/** Pods `first` and `second` run; `tools`: what each of them has. */
function scene(tools: Record<string, string>) {
  const asked: string[] = [];
  const cluster = {
    ...fakeCluster({}),
    get: async ({ name }: { name: string }) => known(pod({ name, status: running })),
    exec: async ({ name }: PodRef) => {
      asked.push(name);
      const stdout = `- 0 %tools ${tools[name] ?? ''}\n- 0 %version\n- 0 %end\n`;
      return known({ exitCode: 0, stdout, stderr: '', truncated: false, durationMs: 1 });
    },
  } as unknown as Cluster;
  const existing = async () => [
    { name: 'first', client: true },
    { name: 'second', client: false },
  ];
  return { cluster, asked, settings: { namespace: 'shop', existing } };
}

test('a client is asked where no pod may be created', async () => {
  const { cluster, settings, asked } = scene({ first: 'nc', second: 'nc' });
  const vantage = await orExisting(cluster, settings, FORBIDDEN);
  expect(vantage).toMatchObject({ known: true, value: { kind: 'pod', pod: 'first' } });
  expect(vantage.known && vantage.value.bystander).toBeUndefined();
  expect(asked).toEqual(['first']);
});

test('one without tools is passed over; who is no client is known as such', async () => {
  const { cluster, settings } = scene({ second: 'nc' });
  const vantage = await orExisting(cluster, settings, FORBIDDEN);
  expect(vantage).toMatchObject({ known: true, value: { pod: 'second', bystander: true } });
});

test('none can be asked: the right to create one is what is missing', async () => {
  const { cluster, settings } = scene({});
  expect(await orExisting(cluster, settings, FORBIDDEN)).toBe(FORBIDDEN);
});

test.each<[string, Fact<Vantage>, boolean]>([
  ['nobody consented to that', FORBIDDEN, false],
  ['the pod was refused for another reason', unknown({ kind: 'no-probe', reason: 'quota', message: 'full' }), true],
])('nothing else is asked where %s', async (_what, own, may) => {
  const { cluster, settings, asked } = scene({ first: 'nc' });
  expect(await orExisting(cluster, may ? settings : { namespace: 'shop' }, own)).toBe(own);
  expect(asked).toEqual([]);
});
