import { describe, expect, test } from 'vitest';
import { isFromFile, managersOf } from '../../../src/model/fix/managers.ts';
import type { ObjectMeta, Service } from '../../../src/model/kubernetes.ts';
import { service } from '../../support/objects.ts';

const having = (metadata: Partial<ObjectMeta>, selector = { app: 'web' }): Service => {
  const made = service({ selector });
  return { ...made, metadata: { ...made.metadata, ...metadata } };
};

const wrote = (manager: string, fields: object = { 'f:selector': {} }, subresource?: string) => ({
  managedFields: [
    { manager, operation: 'Update', fieldsV1: { 'f:spec': fields }, ...(subresource && { subresource }) },
  ],
});

describe('who keeps a Service', () => {
  test.each<[string, Service, object]>([
    [
      'Argo CD, by its tracking id',
      having({ annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Service:shop/web' } }),
      { kind: 'gitops', tool: 'Argo CD', name: 'shop' },
    ],
    [
      'Flux',
      having({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }),
      { kind: 'gitops', tool: 'Flux', name: 'apps' },
    ],
    [
      'Helm',
      having({ annotations: { 'meta.helm.sh/release-name': 'shop' } }),
      { kind: 'helm', tool: 'Helm', name: 'shop' },
    ],
    [
      'Helm, by the label alone',
      having({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }),
      { kind: 'helm', tool: 'Helm' },
    ],
    [
      'an operator',
      having({
        ownerReferences: [{ apiVersion: 'db/v1', kind: 'Postgres', name: 'main', uid: 'u', controller: true }],
      }),
      { kind: 'operator', tool: 'Postgres', name: 'main' },
    ],
    [
      'Argo Rollouts, by the selector',
      having({}, { 'rollouts-pod-template-hash': 'abc' } as never),
      { kind: 'rollout', tool: 'Argo Rollouts' },
    ],
    ['a tool that nobody knows', having(wrote('acme-deployer')), { kind: 'tool', tool: 'acme-deployer' }],
    ['a tool that wrote the ports', having(wrote('Terraform', { 'f:ports': {} })), { kind: 'tool', tool: 'Terraform' }],
  ])('%s', (_what, kept, manager) => {
    expect(managersOf(kept)).toEqual([manager]);
  });

  test.each<[string, Service]>([
    ['kubectl', having(wrote('kubectl-client-side-apply'))],
    ['kubectl edit', having(wrote('kubectl-edit'))],
    ['kubectl set', having(wrote('kubectl-set'))],
    ['ourselves', having(wrote('svc-debug'))],
    ['k9s', having(wrote('k9s'))],
    ['a controller that writes the address of a load balancer', having(wrote('acme', { 'f:selector': {} }, 'status'))],
    ['a tool that writes other fields', having(wrote('acme', { 'f:externalIPs': {} }))],
    ['nobody', having({})],
    ['a chart-like label that only tells the instance', having({ labels: { 'app.kubernetes.io/instance': 'shop' } })],
  ])('people, by hand: %s', (_what, kept) => {
    expect(managersOf(kept)).toEqual([]);
  });

  test('what a label tells is not told again by the field manager', () => {
    const metadata = {
      annotations: { 'meta.helm.sh/release-name': 'shop' },
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    };
    expect(managersOf(having({ ...metadata, ...wrote('helm') }))).toEqual([
      { kind: 'helm', tool: 'Helm', name: 'shop' },
    ]);
    const argo = { annotations: { 'argocd.argoproj.io/tracking-id': 'a:b' }, ...wrote('argocd-controller') };
    expect(managersOf(having(argo))).toHaveLength(1);
    const flux = { labels: { 'helm.toolkit.fluxcd.io/name': 'a' }, ...wrote('helm-controller') };
    expect(managersOf(having(flux))).toHaveLength(1);
  });
});

test('a file that still says otherwise is told of', () => {
  const applied = { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } };
  expect(isFromFile(having(applied))).toBe(true);
  expect(isFromFile(having({ managedFields: [{ manager: 'kubectl', operation: 'Apply' }] }))).toBe(true);
  expect(isFromFile(having({ managedFields: [{ manager: 'kubectl-edit', operation: 'Update' }] }))).toBe(false);
});
