import { describe, expect, it } from 'vitest';
import type { Obstacle } from '../../src/model/fact.ts';
import { type Answer, failure, html, json, text } from '../support/apiServer.ts';
import { apiServer, type ConnectedOptions, connected, obstacleOf, SECRET } from './support.ts';

const PATH = '/version';

async function ask(answer: Answer, options: ConnectedOptions = {}) {
  const server = await apiServer();
  server.on('GET', PATH, answer);
  const client = await connected(server, options);
  return { fact: await client.raw<unknown>(PATH), server };
}

describe('answers that are none', () => {
  const notKubernetes = (status: number, message: string) => ({
    kind: 'api-error',
    status,
    reason: 'NotKubernetes',
    message,
  });
  it.each<[string, Answer, Obstacle | object]>([
    ['a login page', html('<!doctype html><title>Log in</title>'), notKubernetes(200, 'Log in')],
    ['a page without its content type', text('<html><body>Hi <b>you</b></body></html>', 200), { known: true }],
    ['a page that claims to be JSON', text('<html>Hi</html>', 200, 'application/json'), notKubernetes(200, 'Hi')],
    ['a 404 page', html('<title>404 Not Found</title>', 404), notKubernetes(404, '404 Not Found')],
    ['a 401 page', html('<title>Sign in</title>', 401), notKubernetes(401, 'Sign in')],
    ['a 403 page', html('<title>Blocked</title>', 403), notKubernetes(403, 'Blocked')],
    ['a 403 of few words', text('Forbidden', 403), notKubernetes(403, 'Forbidden')],
    [
      'a redirect',
      (response) => void response.writeHead(302, { Location: 'https://sso.example/login?token=abc' }).end(),
      notKubernetes(302, 'redirects to https://sso.example'),
    ],
    ['errors of some other API', json({ type: 'error', message: 'no' }, 404), notKubernetes(404, expect.anything())],
    ['nothing', (response) => void response.writeHead(200).end(), notKubernetes(200, 'HTTP 200')],
    [
      'truncated JSON',
      text('{"a":', 200, 'application/json'),
      { kind: 'api-error', status: 200, reason: 'InvalidJson' },
    ],
    [
      'a 502 page',
      html('<title>502 Bad Gateway</title>', 502),
      { kind: 'api-error', status: 502, message: '502 Bad Gateway' },
    ],
    ['401', failure(401, 'Unauthorized', 'Unauthorized'), { kind: 'unauthorized', message: 'Unauthorized' }],
    ['401 of few words', text('token expired', 401), { kind: 'unauthorized', message: 'token expired' }],
  ])('%s', async (_what, answer, expected) => {
    const { fact } = await ask(answer);
    expect(fact.known ? { known: true } : fact.obstacle).toMatchObject(expected);
  });

  it('no reason is given for what may well be the API server', async () => {
    const { fact } = await ask(html('<title>502</title>', 502));
    expect(obstacleOf(fact)).not.toHaveProperty('reason');
  });
});

describe('secrets', () => {
  it('do not come back in messages, whoever repeats them', async () => {
    const { fact } = await ask((response, { headers }) =>
      failure(400, 'BadRequest', `odd header ${headers.authorization}`)(response, {} as never),
    );
    expect(obstacleOf(fact)).toMatchObject({ kind: 'api-error', status: 400 });
    expect(JSON.stringify(fact)).not.toContain(SECRET);
  });
});
