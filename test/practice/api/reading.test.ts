import { describe, expect, test } from 'vitest';
import { PODS, served } from '../served.ts';

const on = served();

describe('reading', () => {
  const names = async (query: string) =>
    ((await on.raw(PODS + query)).json.items as { metadata: { name: string } }[]).map(({ metadata }) =>
      metadata.name.replace(/-.*/, ''),
    );

  test.each([
    ['?labelSelector=app=web', ['web', 'web', 'web']],
    ['?labelSelector=run in (client,two),run!=two', ['client']],
    ['?labelSelector=!app,run notin (client)', ['crashing', 'hidden', 'pulling', 'two']],
    ['?fieldSelector=metadata.name=client', ['client']],
    ['?fieldSelector=status.phase!=Running,metadata.name!=crashing', ['pulling']],
  ])('%s', async (query, found) => {
    expect(await names(query.replaceAll(' ', '%20'))).toEqual(found);
  });

  test('page by page', async () => {
    const first = (await on.raw(`${PODS}?limit=5`)).json;
    expect([first.items.length, first.metadata.remainingItemCount]).toEqual([5, 3]);
    const second = (await on.raw(`${PODS}?limit=5&continue=${first.metadata.continue}`)).json;
    expect([second.items.length, second.metadata.continue]).toEqual([3, undefined]);
  });

  test('metadata alone', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
    const { json } = await on.raw(PODS, { headers: { accept } });
    expect(json.kind).toBe('PartialObjectMetadataList');
    expect(Object.keys(json.items[0])).toEqual(['kind', 'apiVersion', 'metadata']);
  });

  test.each<[string, Record<string, unknown>, unknown]>([
    ['crashing', {}, 'first words\n'],
    ['crashing', { previous: true }, 'first words\n'],
    ['client', {}, ''],
    ['client', { previous: true }, null],
    ['pulling', {}, ''],
    ['nosuch', {}, null],
  ])('the log of %s %j', async (name, query, text) => {
    expect(await on.cluster.log({ namespace: 'shop', name }, query)).toEqual({ known: true, value: text });
  });

  test('the log of one of two containers has to be named', async () => {
    expect((await on.raw(`${PODS}/two/log`)).json.message).toBe(
      'a container name must be specified for pod two, choose one of: [main side]',
    );
    expect((await on.raw(`${PODS}/two/log?container=side&tailLines=1`)).status).toBe(200);
  });

  test.each(['follow=true', 'sinceSeconds=5'])('a log with %s is not made up', async (query) => {
    expect(await on.raw(`${PODS}/client/log?${query}`)).toMatchObject({ status: 501 });
    expect(on.logged.at(-1)).toContain('does not simulate logs');
  });
});
