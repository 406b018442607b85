import { describe, expect, it } from 'vitest';
import type { Answer } from '../support/apiServer.ts';
import { apiServer, connected, knownValue, obstacleOf } from './support.ts';

const SERVICES = { group: '', version: 'v1', plural: 'services' };
const SERVICES_PATH = '/api/v1/namespaces/shop/services';

describe('a list that comes in pieces', () => {
  const name = 'web-웹-🎈';
  const managedFields = ['kube-controller-manager', 'kubectl-edit'].map((manager) => ({ manager, time: 't' }));
  const body = Buffer.from(
    JSON.stringify({
      kind: 'ServiceList',
      apiVersion: 'v1',
      metadata: { continue: 'next' },
      items: [{ metadata: { name, managedFields } }, { metadata: { name } }],
    }),
  );
  /** Cut there, one byte after the other at that place, so that a letter may come in parts. */
  const inPieces =
    (bytes: Buffer, at: number): Answer =>
    async (response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      for (const part of [bytes.subarray(0, at), bytes.subarray(at, at + 1), bytes.subarray(at + 1)]) {
        response.write(part);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      response.end();
    };
  const list = async (bytes: Buffer, at: number) => {
    const server = await apiServer();
    server.on('GET', SERVICES_PATH, inPieces(bytes, at));
    return (await connected(server)).list({ ...SERVICES, namespace: 'shop' });
  };

  it.each([1, 2])(
    'is whole, without what controllers own, also where a letter is cut after %i bytes',
    async (bytes) => {
      const at = body.indexOf(Buffer.from('웹')) + bytes;
      expect(knownValue(await list(body, at))).toEqual({
        items: [{ metadata: { name, managedFields: [managedFields[1]] } }, { metadata: { name } }],
        more: true,
      });
    },
  );

  it('has a mark where a letter is none', async () => {
    const at = body.indexOf(Buffer.from('웹'));
    const broken = Buffer.concat([body.subarray(0, at), Buffer.of(0xff), body.subarray(at + 3)]);
    const { items } = knownValue(await list(broken, at)) as { items: { metadata: { name: string } }[] };
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['web-\ufffd-🎈', name]);
  });

  it('is an obstacle where it ends too early', async () => {
    expect(obstacleOf(await list(body.subarray(0, -20), 40))).toMatchObject({
      kind: 'api-error',
      reason: 'InvalidJson',
    });
  });
});
