import { describe, expect, test } from 'vitest';
import { type PolicyChange, smallestChange } from '../../../src/model/networkPolicy/change.ts';
import { mayConnect } from '../../../src/model/networkPolicy/mayConnect.ts';
import { applyChange } from './applyChange.ts';
import { connection, elsewhere, fromWeb, ingress, pod, policy } from './connection.ts';

describe('smallestChange', () => {
  test('a right port beside the wrong one, by place, guarded by what stands there', () => {
    const one = ingress({ from: fromWeb, ports: [{ port: 80 }] });
    expect(smallestChange(connection([one]))).toEqual([
      {
        direction: 'ingress',
        kind: 'patch',
        patch: {
          target: {
            group: 'networking.k8s.io',
            version: 'v1',
            plural: 'networkpolicies',
            namespace: 'shop',
            name: 'p',
          },
          type: 'json-patch+json',
          body: [
            { op: 'test', path: '/spec/ingress/0/ports', value: [{ port: 80 }] },
            { op: 'add', path: '/spec/ingress/0/ports/-', value: { port: 8080, protocol: 'TCP' } },
          ],
        },
      },
    ]);
  });

  test('else a policy of its own, without labels that change with a rollout', () => {
    expect(
      smallestChange(connection([policy('deny', { podSelector: {} })]), { backendSelector: { app: 'checkout' } }),
    ).toEqual([
      {
        direction: 'ingress',
        kind: 'create',
        wide: false,
        manifest: {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'allow-web-to-checkout', namespace: 'shop' },
          spec: {
            podSelector: { matchLabels: { app: 'checkout' } },
            policyTypes: ['Ingress'],
            ingress: [
              { from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 8080, protocol: 'TCP' }] },
            ],
          },
        },
      },
    ]);
  });

  test('from another namespace, by its name', () => {
    const [change] = smallestChange(connection([policy('deny', { podSelector: {} })], elsewhere));
    expect(peersIn(change)).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ops' } },
        podSelector: { matchLabels: { app: 'web' } },
      },
    ]);
  });

  test('from an address', () => {
    const deny = [policy('deny', { podSelector: {} })];
    expect(peersIn(smallestChange(connection(deny, { client: { kind: 'address', address: '192.0.2.1' } }))[0])).toEqual(
      [{ ipBlock: { cidr: '192.0.2.1/32' } }],
    );
  });

  test('a client without labels: the whole namespace, and it says so', () => {
    const [change] = smallestChange(
      connection([policy('deny', { podSelector: {} })], { client: pod('shop', 'web', { labels: {} }) }),
    );
    expect(change).toMatchObject({ wide: true });
  });

  test('both directions, where both deny', () => {
    const policies = [policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })];
    const changes = smallestChange(connection(policies));
    expect(changes.map(({ direction }) => direction)).toEqual(['ingress', 'egress']);
    expect(changes.map((change) => change.kind === 'create' && change.manifest.metadata?.name)).toEqual([
      'allow-web-to-checkout',
      'allow-web-out-to-checkout',
    ]);
    expect(mayConnect(connection(changes.reduce(applyChange, policies))).allowed).toBe(true);
  });

  test('names are valid and short', () => {
    const [change] = smallestChange(connection([policy('deny', { podSelector: {} })]), {
      clientName: 'Web_1',
      backendName: 'x'.repeat(80),
    });
    expect(change?.kind === 'create' && change.manifest.metadata?.name).toMatch(/^allow-web-1-to-x{48}$/);
  });

  test('nothing where nothing denies, or nothing is certain', () => {
    expect(smallestChange(connection([]))).toEqual([]);
    expect(
      smallestChange(
        connection([policy('deny', { podSelector: {} })], { backend: pod('shop', 'b', { hostNetwork: true }) }),
      ),
    ).toEqual([]);
  });
});

const peersIn = (change: PolicyChange | undefined) =>
  change?.kind === 'create' ? change.manifest.spec?.ingress?.[0]?.from : undefined;
