import { describe, expect, test } from 'vitest';
import { isDirect, proxySettings } from '../../src/model/httpProxy.ts';

const proxy = { name: 'HTTP_PROXY', value: 'http://proxy.corp:3128' };

describe('the environment of a container', () => {
  test.each([
    ['no proxy', { env: [] }, undefined],
    ['an empty variable', { env: [{ name: 'HTTP_PROXY', value: '' }] }, undefined],
    ['no exceptions', { env: [proxy] }, []],
    [
      'exceptions',
      { env: [proxy, { name: 'no_proxy', value: '.svc, localhost,10.0.0.0/8' }] },
      ['.svc', 'localhost', '10.0.0.0/8'],
    ],
    ['exceptions that stand elsewhere', { env: [proxy, { name: 'NO_PROXY', valueFrom: {} }] }, undefined],
    ['more of it elsewhere', { env: [proxy], envFrom: [{ configMapRef: { name: 'proxy' } }] }, undefined],
  ])('%s', (_, container, direct) => {
    expect(proxySettings({ name: 'app', ...container })?.direct).toEqual(direct);
  });
});

describe('a host is asked directly', () => {
  test.each([
    ['web', ['web'], true],
    ['web', ['.svc', '.cluster.local'], false],
    ['web.shop', ['web'], false],
    ['web.shop.svc', ['.svc'], true],
    ['web.shop.svc', ['svc'], true],
    ['web.shop.svc.cluster.local', ['*.cluster.local'], true],
    ['web.shop.svc.cluster.local', ['.svc'], false],
    ['web.shop', ['WEB.shop:80'], true],
    ['web.shop', ['*'], true],
    ['web.shop', ['10.96.0.0/12'], false],
    ['myweb', ['web'], false],
  ])('%s, excepted are %j: %s', (host, direct, is) => {
    expect(isDirect(host, direct)).toBe(is);
  });
});
