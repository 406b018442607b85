import { describe, expect, it } from 'vitest';
import { asGoReadsIt, proxyFor } from '../../src/cluster/proxy.ts';

const PROXY = 'http://proxy:3128';
const chosen = (server: string, env: Record<string, string>) => proxyFor(new URL(server), env);

describe('proxyFor', () => {
  it.each<[what: string, server: string, env: Record<string, string>, proxy: string | undefined]>([
    ['none set', 'https://api.example.com', {}, undefined],
    ['HTTPS_PROXY', 'https://api.example.com', { HTTPS_PROXY: PROXY }, PROXY],
    ['lower case', 'https://api.example.com', { https_proxy: PROXY }, PROXY],
    ['upper case first', 'https://api.example.com', { HTTPS_PROXY: PROXY, https_proxy: 'http://other' }, PROXY],
    ['HTTP_PROXY is not for https', 'https://api.example.com', { HTTP_PROXY: PROXY }, undefined],
    ['HTTP_PROXY for http', 'http://api.example.com', { HTTP_PROXY: PROXY }, PROXY],
    ['a proxy without scheme', 'https://api.example.com', { HTTPS_PROXY: 'proxy:3128' }, PROXY],
    ['localhost', 'https://localhost:6443', { HTTPS_PROXY: PROXY }, undefined],
    ['loopback', 'https://127.0.0.2:6443', { HTTPS_PROXY: PROXY }, undefined],
    ['loopback, IPv6', 'https://[::1]:6443', { HTTPS_PROXY: PROXY }, undefined],
  ])('%s', (_what, server, env, proxy) => {
    expect(chosen(server, env)).toBe(proxy);
  });

  it.each<[noProxy: string, server: string, direct: boolean]>([
    ['*', 'https://api.example.com', true],
    ['example.com', 'https://api.example.com', true],
    ['example.com', 'https://example.com', true],
    ['example.com', 'https://notexample.com', false],
    ['.example.com', 'https://api.example.com', true],
    ['.example.com', 'https://example.com', false],
    ['*.example.com', 'https://api.example.com', true],
    ['*.example.com', 'https://example.com', false],
    ['EXAMPLE.com', 'https://api.Example.COM', true],
    ['a.org, example.com ,b.org', 'https://api.example.com', true],
    ['example.com:443', 'https://api.example.com', true],
    ['example.com:6443', 'https://api.example.com', false],
    ['example.com:6443', 'https://api.example.com:6443', true],
    ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
    ['10.0.0.0/8', 'https://11.1.2.3:6443', false],
    ['10.0.0.0/8', 'https://api.example.com', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['10.1.2.3', 'https://10.1.2.3:6443', true],
    ['10.1.2.3:6443', 'https://10.1.2.3:6443', true],
    ['10.1.2.3:443', 'https://10.1.2.3:6443', false],
    ['fd00::/8', 'https://[fd00::1]:6443', true],
    ['fd00:0::1', 'https://[fd00::1]:6443', true],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
    ['', 'https://api.example.com', false],
    [',', 'https://api.example.com', false],
  ])('NO_PROXY=%s, %s', (noProxy, server, direct) => {
    expect(chosen(server, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy })).toBe(direct ? undefined : PROXY);
  });
});

it('lets a SOCKS proxy resolve names, as Go does', () => {
  expect(asGoReadsIt('socks5://p:1')).toBe('socks5h://p:1');
  expect(asGoReadsIt('socks5h://p:1')).toBe('socks5h://p:1');
  expect(asGoReadsIt('http://p:1')).toBe('http://p:1');
});
