import { describe, expect, test } from 'vitest';
import { hostsIn, podReferences, serviceOfHost } from '../../src/facts/references.ts';

describe('hosts in a text', () => {
  test.each([
    ['http://web:8080/x', false, [{ host: 'web', port: '8080' }]],
    ['postgres://user:secret@db.shop:5432/app', false, [{ host: 'db.shop', port: '5432' }]],
    ['--upstream=api:9000', false, [{ host: 'api', port: '9000' }]],
    ['tcp(db:3306)', false, [{ host: 'db', port: '3306' }]],
    ['until nslookup db.shop; do sleep 1; done', false, [{ host: 'db.shop' }]],
    ['nc -z -w 2 db 5432', false, [{ host: 'db', port: '5432' }]],
    ['web', true, [{ host: 'web' }]],
    ['web', false, []],
    ['12:30', false, []],
    ['production', false, []],
  ])('%s (a host: %s)', (text, isHost, hosts) => {
    expect(hostsIn(text, isHost)).toEqual(hosts);
  });

  test('of commands and environment, once each', () => {
    const spec = {
      containers: [
        {
          name: 'app',
          env: [
            { name: 'DB_HOST', value: 'db' },
            { name: 'DB_PORT', value: '5432' },
          ],
          args: ['--url', 'http://api.store/x', '--url', 'http://api.store/x'],
        },
      ],
    };
    expect(podReferences('Pod/a', 'shop', spec)).toEqual([
      { by: 'Pod/a', home: 'shop', where: 'env DB_HOST', service: 'db', namespace: 'shop' },
      { by: 'Pod/a', home: 'shop', where: 'its command', service: 'api', namespace: 'store' },
    ]);
  });
});

test.each([
  ['web', { service: 'web', namespace: 'shop' }],
  ['web.store', { service: 'web', namespace: 'store' }],
  ['web.store.svc.cluster.local', { service: 'web', namespace: 'store' }],
  ['www.example.com', undefined],
  ['10.0.0.1', undefined],
  ['localhost', undefined],
])('%s means %j to a pod of shop', (host, meaning) => {
  expect(serviceOfHost(host, 'shop')).toEqual(meaning);
});
