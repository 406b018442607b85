import type { Change, Kind } from '../lib/change.ts';
import { set, typo } from '../lib/change.ts';
import type { Peer, Policy, Rule, Selector } from '../lib/objects.ts';
import { nameOf, policies } from '../lib/objects.ts';
import type { Random } from '../lib/random.ts';
import type { Scene } from '../lib/scene.ts';

const eachPolicy = (scene: Scene, changes: (where: string, policy: Policy) => Change[]): Change[] =>
  policies(scene.objects).flatMap((policy) => changes(`${nameOf(policy)}, spec`, policy));

const PEERS = { ingress: 'from', egress: 'to' } as const;

const eachRule = (scene: Scene, changes: (where: string, rule: Rule, peers: 'from' | 'to') => Change[]): Change[] =>
  eachPolicy(scene, (where, { spec }) =>
    (['ingress', 'egress'] as const).flatMap((side) =>
      (spec[side] ?? []).flatMap((rule, i) => changes(`${where}.${side}[${i}]`, rule, PEERS[side])),
    ),
  );

function selectorChanges(
  where: string,
  { matchLabels = {}, matchExpressions = [] }: Selector,
  random: Random,
): Change[] {
  return [
    ...Object.entries(matchLabels).flatMap(([key, value]) => [
      set(`${where}.matchLabels`, matchLabels, key, typo(value, random)),
      set(`${where}.matchLabels`, matchLabels, key, undefined),
    ]),
    ...matchExpressions.flatMap((expression, i) => [
      set(`${where}.matchExpressions[${i}]`, expression, 'operator', 'NotIn'),
      set(`${where}.matchExpressions[${i}]`, expression, 'key', typo(expression.key, random)),
      set(`${where}.matchExpressions[${i}]`, expression, 'values', expression.values?.slice(1)),
    ]),
  ];
}

const podSelector: Kind = {
  name: 'policy-selector',
  title: 'the podSelector of a policy',
  blames: ['network-policy/*'],
  changes: (scene, random) =>
    eachPolicy(scene, (where, { spec }) => [
      ...selectorChanges(`${where}.podSelector`, spec.podSelector, random),
      set(where, spec, 'podSelector', {}),
    ]),
};

const peer: Kind = {
  name: 'policy-peer',
  title: 'a peer of a policy: labels, namespace, block of addresses',
  blames: ['network-policy/*'],
  changes: (scene, random) =>
    eachRule(scene, (where, rule, side) => {
      const peers = rule[side] ?? [];
      return [
        ...peers.flatMap((one, i) => peerChanges(`${where}.${side}[${i}]`, one, random)),
        ...(peers.length > 1
          ? [set(where, rule, side, peers.slice(1)), set(where, rule, side, peers.slice(0, -1))]
          : []),
        set(where, rule, side, [{ podSelector: {} }]),
        set(where, rule, side, undefined),
      ];
    }),
};

function peerChanges(where: string, peer: Peer, random: Random): Change[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  return [
    ...(podSelector ? selectorChanges(`${where}.podSelector`, podSelector, random) : []),
    ...(namespaceSelector ? selectorChanges(`${where}.namespaceSelector`, namespaceSelector, random) : []),
    ...(podSelector && namespaceSelector
      ? [set(where, peer, 'podSelector', undefined), set(where, peer, 'namespaceSelector', undefined)]
      : []),
    ...(ipBlock
      ? ['10.244.0.0/24', '192.168.0.0/16', '0.0.0.0/0'].map((cidr) => set(where, peer, 'ipBlock', { cidr }))
      : []),
  ];
}

const port: Kind = {
  name: 'policy-port',
  title: 'a port of a policy: number, name, range, protocol',
  blames: ['network-policy/*'],
  changes: (scene, random) =>
    eachRule(scene, (where, rule) =>
      (rule.ports ?? []).flatMap((one, i) => {
        const at = `${where}.ports[${i}]`;
        const numbers =
          typeof one.port === 'number' ? [one.port + 1, 80, 443] : [typo(one.port ?? 'x', random), 8080, 80];
        return [
          ...numbers
            .filter((value) => one.endPort === undefined || Number(value) <= one.endPort)
            .map((value) => set(at, one, 'port', value)),
          set(at, one, 'protocol', one.protocol === 'UDP' ? 'TCP' : 'UDP'),
          ...(one.endPort === undefined
            ? []
            : [set(at, one, 'endPort', Number(one.port)), set(at, one, 'endPort', undefined)]),
          set(where, rule, 'ports', undefined),
        ];
      }),
    ),
};

const types: Kind = {
  name: 'policy-types',
  title: 'policyTypes of a policy, and its rules as a whole',
  blames: ['network-policy/*'],
  changes: (scene) =>
    eachPolicy(scene, (where, { spec }) => [
      ...[['Ingress'], ['Egress'], ['Ingress', 'Egress']].map((value) => set(where, spec, 'policyTypes', value)),
      set(where, spec, 'policyTypes', undefined),
      ...(['ingress', 'egress'] as const).flatMap((side) =>
        spec[side] ? [[], [{}]].map((value) => set(where, spec, side, value)) : [],
      ),
    ]),
};

export const policyKinds = [podSelector, peer, port, types];
