import { describe, expect, test } from 'vitest';
import type { ProxiedAnswer } from '../../../src/model/probe.ts';
import { exists } from '../../../src/steps/exists/exists.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { type PodLike, pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';

type Env = { name: string; value: string }[];
const PROXY = { name: 'HTTP_PROXY', value: 'http://user:secret@proxy.corp:3128' };
const client = (like: PodLike = {}, env: Env = []) =>
  pod({
    name: 'front-6c5d8b7f9-aaaaa',
    labels: { app: 'front' },
    spec: { containers: [{ name: 'app', env }] },
    ...like,
  });
const world = (one: ReturnType<typeof client>, like = {}): World => ({
  objects: [service(like), one],
  connections: {},
  vantage: {
    id: `pod/${one.metadata?.namespace}/${one.metadata?.name}`,
    kind: 'pod',
    pod: one.metadata?.name ?? '',
  },
});
const check = async (of: World) => wellSaid(await exists.check(factsOf(of)));
const findingsOf = async (of: World) => (await check(of)).findings;

describe('an HTTP proxy in the environment of the client', () => {
  test('takes every name of the Service: a warning, with what to except; the proxy is not named', async () => {
    const { outcome, findings } = await check(world(client({}, [PROXY])));
    expect(outcome).toBe('pass');
    expect(findings).toMatchObject([
      {
        code: 'exists/client-proxy',
        severity: 'warning',
        subject: { from: 'pod/shop/front-6c5d8b7f9-aaaaa' },
        params: { container: 'app', variable: 'HTTP_PROXY', direct: [], hosts: ['web', 'web.shop', 'web.shop.svc'] },
        remedies: [{ commands: [expect.arrayContaining(['deployment/front', 'NO_PROXY=web,web.shop,web.shop.svc'])] }],
      },
    ]);
    expect(JSON.stringify(findings)).not.toContain('secret');
  });

  test('is found in the pod of a Deployment as well', async () => {
    const deployment = { id: 'deployment/shop/front' };
    expect(await findingsOf({ ...world(client({}, [PROXY])), prober: deployment })).toMatchObject([
      { code: 'exists/client-proxy', subject: { from: 'pod/shop/front-6c5d8b7f9-aaaaa' } },
    ]);
  });

  const through = (met: Partial<ProxiedAnswer>, env: Env = [], vip: 'answered' | 'refused' = 'answered'): World => ({
    ...world(client({}, env)),
    connections: { '10.96.0.10:80': vip },
    answer: ({ ask }) =>
      ask === 'proxied' ? { variable: 'http_proxy', direct: [], asked: true, words: '', ...met } : undefined,
  });

  test.each<[string, World]>([
    ['its own words', through({ words: 'Could not resolve proxy: proxy.corp' }, [PROXY])],
    ['the status of the proxy', through({ status: 502 }, [PROXY])],
    ['variables that are in no manifest', through({ status: 503 })],
  ])('is an error once a request by way of it fails, and one without it does not: %s', async (_, of) => {
    const { outcome, findings } = await check(of);
    expect(outcome).toBe('fail');
    expect(findings).toMatchObject([
      {
        code: 'exists/client-proxy',
        severity: 'error',
        breaks: 'client',
        evidence: [{ what: 'exists.through-proxy' }, {}],
      },
    ]);
  });

  test.each<[string, World, string[]]>([
    ['the proxy brings the answer', through({ status: 200 }, [PROXY]), []],
    ['the proxy brings what may be an answer', through({ status: 403 }, [PROXY]), []],
    ['nothing was there to ask with', through({ asked: false }, [PROXY]), ['warning']],
    ['the Service does not answer without it either', through({ status: 502 }, [PROXY], 'refused'), ['warning']],
    ['the names are excepted in what holds there', through({ status: 502, direct: ['.shop', 'web'] }, [PROXY]), []],
  ])('is none: %s', async (_, of, severities) => {
    expect((await findingsOf(of)).map(({ severity }) => severity)).toEqual(severities);
  });

  const NO_PROXY = { name: 'NO_PROXY', value: 'localhost,.svc,.cluster.local' };
  const url = (value: string) => [PROXY, NO_PROXY, { name: 'BACKEND_URL', value }];

  test('takes the short name that the client asks for', async () => {
    expect(await findingsOf(world(client({}, url('http://web:80/'))))).toMatchObject([{ params: { hosts: ['web'] } }]);
  });

  test.each([
    ['the full name is excepted, and asked for', url('http://web.shop.svc.cluster.local')],
    ['some form of the name is excepted, and none is said', [PROXY, NO_PROXY]],
    ['there is none', [NO_PROXY]],
  ])('not: %s', async (_, env) => {
    expect(await findingsOf(world(client({}, env)))).toEqual([]);
  });

  test('not: the Service is the proxy', async () => {
    expect(await findingsOf(world(client({}, [{ name: 'HTTPS_PROXY', value: 'http://web.shop:80' }])))).toEqual([]);
  });

  test('not: a database is not asked over HTTP', async () => {
    expect(await findingsOf(world(client({}, [PROXY]), { ports: [{ port: 5432 }] }))).toEqual([]);
  });
});

describe('a client that is older than the Service', () => {
  const noted = async (one: ReturnType<typeof client>, age: number) =>
    (await check(world(one, { age }))).observations.find(({ what }) => what === 'exists.younger-than-client')?.params;

  test('holds variables of before', async () => {
    expect(await noted(client({ age: 7200 }), 60)).toEqual({ pod: 'front-6c5d8b7f9-aaaaa', age: '60s' });
  });

  test.each([
    ['it is younger', client({ age: 30 })],
    ['it lives in another namespace', client({ age: 7200, namespace: 'store' })],
    ['it gets no such variables', client({ age: 7200, spec: { containers: [], enableServiceLinks: false } })],
  ])('not: %s', async (_, one) => {
    expect(await noted(one, 60)).toBeUndefined();
  });
});
