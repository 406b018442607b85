import { describe, expect, it } from 'vitest';
import { enterPod } from '../../src/cluster/ephemeral.ts';
import type { Cluster, ObjectRef, PatchQuery } from '../../src/model/cluster.ts';
import { type Fact, known, unknown } from '../../src/model/fact.ts';
import type { Vantage } from '../../src/model/probe.ts';
import { rolesFor } from '../../src/model/roles.ts';
import { fakeCluster } from '../support/fakeCluster.ts';

const POD: Vantage = { id: 'pod/shop/web-1', kind: 'pod', namespace: 'shop', pod: 'web-1', labels: {} };

interface Body {
  spec: { ephemeralContainers: { name: string; image: string; command: string[]; securityContext: object }[] };
}

/** A pod whose ephemeral container comes to this state; `refused`: it may not be added. */
function clusterWith(state: object, refused?: Fact<never>) {
  const sent: { ref: ObjectRef; body: Body }[] = [];
  const cluster = {
    ...fakeCluster({}),
    within: () => cluster,
    patch: async (ref: ObjectRef, { body }: PatchQuery) => {
      sent.push({ ref, body: body as Body });
      return refused ?? known({});
    },
    get: async () => {
      const name = sent[0]?.body.spec.ephemeralContainers[0]?.name;
      return known({ status: { ephemeralContainerStatuses: [{ name, state }] } });
    },
  } as unknown as Cluster;
  return { cluster, sent };
}

const options = { signal: new AbortController().signal };

describe('an ephemeral container in a pod that has no shell', () => {
  it('is one more vantage point once it runs, ends by itself, and may do nothing but ask', async () => {
    const { cluster, sent } = clusterWith({ running: {} });
    const entered = await enterPod(cluster, POD, options);
    const [container] = sent[0]?.body.spec.ephemeralContainers ?? [];
    expect(entered).toEqual(known({ ...POD, container: container?.name }));
    expect(sent[0]?.ref).toMatchObject({ namespace: 'shop', name: 'web-1', subresource: 'ephemeralcontainers' });
    expect(container).toMatchObject({
      name: expect.stringMatching(/^svc-debug-[0-9a-f]{8}$/),
      command: ['sleep', '60'],
      securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    });
  });

  it('needs a right that is named, and that a Role can hold', async () => {
    const place = { verb: 'patch', resource: 'pods/ephemeralcontainers', group: '', namespace: 'shop' } as const;
    const obstacle = { kind: 'forbidden', ...place, message: 'm' } as const;
    const { cluster } = clusterWith({}, unknown(obstacle));
    expect(await enterPod(cluster, POD, options)).toEqual(unknown(obstacle));
    expect(rolesFor([obstacle])[0]?.rules).toEqual([
      { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch'] },
    ]);
  });

  it.each([
    ['its image cannot be pulled', { waiting: { reason: 'ErrImagePull', message: 'no such image' } }, /no such image/],
    ['it cannot be started', { terminated: { reason: 'StartError', message: 'no sleep' } }, /no sleep/],
  ])('is none where %s', async (_, state, says) => {
    const entered = await enterPod(clusterWith(state).cluster, POD, options);
    expect(entered).toMatchObject({ known: false, obstacle: { kind: 'no-probe', reason: 'not-running' } });
    expect(JSON.stringify(entered)).toMatch(says);
  });
});
