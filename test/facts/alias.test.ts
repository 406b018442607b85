import { describe, expect, test } from 'vitest';
import { aliasOf, behindAlias } from '../../src/facts/alias.ts';
import { factsOf } from '../support/facts.ts';
import { service } from '../support/objects.ts';

const alias = (externalName: string) => service({ spec: { type: 'ExternalName', externalName }, selector: {} });

describe('the Service behind an ExternalName', () => {
  test.each([
    ['postgres.platform.svc.cluster.local', { service: 'postgres', namespace: 'platform' }],
    ['postgres.platform.svc', { service: 'postgres', namespace: 'platform' }],
    ['postgres.platform.svc.corp.example.', { service: 'postgres', namespace: 'platform' }],
    ['db.example.com', undefined],
    ['pod-0.postgres.platform.svc.cluster.local', undefined],
    ['10.0.0.1', undefined],
  ])('%s', (externalName, behind) => {
    expect(aliasOf(alias(externalName))).toEqual(behind);
  });

  test('not of another kind of Service', () => {
    expect(aliasOf(service({ spec: { externalName: 'a.b.svc' } }))).toBeUndefined();
  });

  test('is what is asked about, where it is there', async () => {
    const postgres = service({ name: 'postgres', namespace: 'platform' });
    const objects = [alias('postgres.platform.svc.cluster.local'), postgres];
    expect((await behindAlias(factsOf({ objects, target: { port: '5432' } }))).target).toMatchObject({
      service: 'postgres',
      namespace: 'platform',
      port: '5432',
    });
  });

  test('is found behind several aliases', async () => {
    const second = service({
      name: 'postgres',
      namespace: 'platform',
      spec: { type: 'ExternalName', externalName: 'primary.store.svc' },
      selector: {},
    });
    const objects = [alias('postgres.platform.svc'), second, service({ name: 'primary', namespace: 'store' })];
    expect((await behindAlias(factsOf({ objects }))).target).toMatchObject({ service: 'primary', namespace: 'store' });
  });

  test('that leads to itself ends nowhere else', async () => {
    const facts = factsOf({ objects: [alias('web.shop.svc')] });
    expect((await behindAlias(facts)).target).toEqual(facts.target);
  });

  test.each([
    ['is not there', [alias('postgres.platform.svc.cluster.local')]],
    ['is outside', [alias('db.example.com')]],
    ['is the Service itself', [service()]],
  ])('is left alone where it %s', async (_, objects) => {
    const facts = factsOf({ objects });
    expect((await behindAlias(facts)).target).toBe(facts.target);
  });
});
