import { expect, test } from 'vitest';
import { endpoints } from '../../../src/steps/endpoints/endpoints.ts';
import { factsOf, type World } from '../../support/facts.ts';
import { pod, service } from '../../support/objects.ts';
import { wellSaid } from '../../support/sentences.ts';
import { endpoint, slice } from '../../support/workloads.ts';

const check = async (world: World) => wellSaid(await endpoints.check(factsOf(world)));
const VIP = '10.96.0.10:80';
const POD = '10.244.0.5:8080';

test("a leftover slice beside the controller's: its dead addresses, all in one", async () => {
  const leftover = slice({
    name: 'web-legacy',
    managedBy: 'migration',
    endpoints: [{ addresses: ['192.0.2.21'] }, { addresses: ['192.0.2.22'] }],
  });
  const result = await check({
    objects: [service(), pod(), slice({ endpoints: [endpoint(pod())] }), leftover],
    connections: { [VIP]: ['answered', 'silent'], [POD]: 'answered' },
  });
  expect(result.findings).toMatchObject([
    {
      code: 'endpoints/dead-address',
      subject: { port: '80/TCP' },
      params: { addresses: ['192.0.2.21', '192.0.2.22'], leftover: true },
      remedies: [{ id: 'delete-slice' }],
    },
  ]);
  expect(result.observations.map(({ what }) => what)).toContain('endpoints.foreign-slice');
});
