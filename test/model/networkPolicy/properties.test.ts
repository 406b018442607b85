import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkPolicy } from '../../../src/model/kubernetes.ts';
import { admittedPeers } from '../../../src/model/networkPolicy/admitted.ts';
import { smallestChange } from '../../../src/model/networkPolicy/change.ts';
import { hints } from '../../../src/model/networkPolicy/hints.ts';
import { mayConnect } from '../../../src/model/networkPolicy/mayConnect.ts';
import type { Connection } from '../../../src/model/networkPolicy/party.ts';
import type { Truth } from '../../../src/model/truth.ts';
import { applyChange } from './applyChange.ts';
import { LISTENING, makeWorld, policiesOver } from './world.ts';

const world = makeWorld('');
const { policy, policies } = policiesOver(world);
const pod = fc.constantFrom(...world.pods);
const traffic = fc.constantFrom(...LISTENING).map(({ port, protocol }) => ({ port, protocol }));
const connection = fc
  .record({ policies, client: pod, backend: pod, traffic })
  .map(({ traffic: t, ...rest }): Connection => ({ ...rest, ...t, namespaces: world.namespaces }));

const RANK = new Map<Truth, number>([
  [false, 0],
  ['unknown', 1],
  [true, 2],
]);
const rank = (truth: Truth): number => RANK.get(truth) ?? -1;

const runs = { numRuns: 500 };

describe('whatever the policies', () => {
  test('their order does not matter', () => {
    fc.assert(
      fc.property(connection, fc.infiniteStream(fc.nat()), (c, keys) => {
        const shuffled = c.policies
          .map((p) => ({ p, key: keys.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ p }) => p);
        expect(mayConnect({ ...c, policies: shuffled })).toEqual(mayConnect(c));
      }),
      runs,
    );
  });

  test('without them everything is allowed', () => {
    fc.assert(
      fc.property(connection, (c) => {
        expect(mayConnect({ ...c, policies: [] }).allowed).toBe(true);
      }),
      runs,
    );
  });

  test('a pod reaches itself', () => {
    fc.assert(
      fc.property(connection, (c) => {
        expect(mayConnect({ ...c, client: c.backend }).allowed).toBe(true);
      }),
      runs,
    );
  });

  test('one more rule in a policy never denies more', () => {
    const rule = fc.record({ policy, index: fc.nat() });
    fc.assert(
      fc.property(connection, rule, (c, { policy: { spec }, index }) => {
        const before = mayConnect(c);
        const after = mayConnect({ ...c, policies: withRules(c.policies, index, spec) });
        expect(rank(after.allowed)).toBeGreaterThanOrEqual(rank(before.allowed));
      }),
      runs,
    );
  });

  test('one more policy of a pod that is isolated already never denies more', () => {
    fc.assert(
      fc.property(connection, policy, (c, more) => {
        const deny = world.pods.map(
          ({ namespace }): NetworkPolicy => ({
            metadata: { namespace, name: 'deny' },
            spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
          }),
        );
        const isolated = { ...c, policies: [...c.policies, ...deny] };
        const after = mayConnect({ ...isolated, policies: [...isolated.policies, more] });
        expect(rank(after.allowed)).toBeGreaterThanOrEqual(rank(mayConnect(isolated).allowed));
      }),
      runs,
    );
  });

  test('what is known of namespaces never turns a certainty around', () => {
    fc.assert(
      fc.property(connection, (c) => {
        const ignorant = mayConnect({ ...c, namespaces: {} });
        if (ignorant.allowed !== 'unknown') expect(mayConnect(c).allowed).toBe(ignorant.allowed);
      }),
      runs,
    );
  });

  test('namespaceSelector {} with podSelector {} is every pod, as namespaceSelector {} alone is', () => {
    fc.assert(
      fc.property(connection, (c) => {
        const from = (peer: object): NetworkPolicy[] => [
          {
            metadata: { namespace: namespaceOf(c), name: 'p' },
            spec: { podSelector: {}, ingress: [{ from: [peer] }] },
          },
        ];
        const both = mayConnect({ ...c, policies: from({ namespaceSelector: {}, podSelector: {} }) });
        expect(both).toEqual(mayConnect({ ...c, policies: from({ namespaceSelector: {} }) }));
        expect(both.allowed).toBe(true);
      }),
      runs,
    );
  });

  test('a rule without peers admits whatever a rule with peers admits', () => {
    fc.assert(
      fc.property(connection, (c) => {
        const open = c.policies.map(withoutPeers);
        expect(rank(mayConnect({ ...c, policies: open }).allowed)).toBeGreaterThanOrEqual(rank(mayConnect(c).allowed));
      }),
      runs,
    );
  });
});

describe('advice', () => {
  test('there are hints only for what is not allowed', () => {
    fc.assert(
      fc.property(connection, (c) => {
        const verdict = mayConnect(c);
        for (const { direction } of hints(c)) expect(verdict[direction].allowed).not.toBe(true);
      }),
      runs,
    );
  });

  test('the smallest change lets the connection through, and takes nothing from any other', () => {
    fc.assert(
      fc.property(connection, connection, (c, other) => {
        const verdict = mayConnect(c);
        const changed = smallestChange(c).reduce(applyChange, c.policies);
        if (verdict.allowed === false) {
          const after = mayConnect({ ...c, policies: changed });
          for (const direction of ['ingress', 'egress'] as const) {
            if (verdict[direction].allowed === false) expect(after[direction].allowed).toBe(true);
          }
        }
        const before = mayConnect({ ...other, policies: c.policies }).allowed;
        expect(rank(mayConnect({ ...other, policies: changed }).allowed)).toBeGreaterThanOrEqual(rank(before));
      }),
      runs,
    );
  });

  test('a denied backend either admits nobody on the port, or names whom', () => {
    fc.assert(
      fc.property(connection, (c) => {
        const { ingress } = mayConnect(c);
        const peers = admittedPeers(c, 'ingress');
        if (ingress.because === 'not-isolated') expect(peers).toBeUndefined();
        if (ingress.because === 'rule') expect(peers?.some((p) => p.policy === ingress.admittedBy?.policy)).toBe(true);
        if (ingress.because === 'no-rule') expect(peers?.every(({ peer }) => peer !== undefined)).toBe(true);
      }),
      runs,
    );
  });
});

const namespaceOf = ({ backend }: Connection): string => (backend.kind === 'pod' ? backend.namespace : '');

type Spec = NonNullable<NetworkPolicy['spec']>;

function withRules(all: readonly NetworkPolicy[], index: number, more: Spec | undefined): NetworkPolicy[] {
  return all.map((p, i) => {
    if (i !== index % all.length || !p.spec) return p;
    // policyTypes must not change by it: one that was left out depends on the rules.
    const { ingress = [], egress = [], policyTypes = egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'] } = p.spec;
    return {
      ...p,
      spec: {
        ...p.spec,
        policyTypes,
        ingress: [...ingress, ...(more?.ingress ?? [])],
        egress: [...egress, ...(more?.egress ?? [])],
      },
    };
  });
}

function withoutPeers(p: NetworkPolicy): NetworkPolicy {
  const ports = (rule: { ports?: unknown }) => (rule.ports ? { ports: rule.ports } : {});
  const spec = { ...p.spec } as Spec;
  if (spec.ingress) spec.ingress = spec.ingress.map(ports) as NonNullable<Spec['ingress']>;
  if (spec.egress) spec.egress = spec.egress.map(ports) as NonNullable<Spec['egress']>;
  return { ...p, spec };
}
