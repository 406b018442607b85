import { expect, test } from 'vitest';
import { serviceChoices } from '../../src/cli/serviceList.ts';
import type { EndpointSlice, Service } from '../../src/model/kubernetes.ts';
import { wizard as text } from '../../src/text/en/wizard.ts';

const service = (name: string, spec: Service['spec'] = {}): Service => ({
  metadata: { name },
  spec: { clusterIP: '10.96.0.1', ports: [{ port: 80 }], selector: { app: name }, ...spec },
});

const slice = (name: string, ready: (boolean | undefined)[], addressType = 'IPv4'): EndpointSlice => ({
  metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
  addressType,
  endpoints: ready.map((one) => ({ addresses: ['10.0.0.1'], conditions: one === undefined ? {} : { ready: one } })),
});

const names = (services: Service[], slices?: EndpointSlice[]) =>
  serviceChoices(services, slices, text).map(({ value }) => value);

test('those that look unhealthy come first, each group by name', () => {
  const services = ['zoo', 'fine', 'down', 'bare'].map((name) => service(name));
  expect(names(services, [slice('zoo', [true]), slice('fine', [true, false]), slice('down', [false])])).toEqual([
    'bare',
    'down',
    'fine',
    'zoo',
  ]);
});

test('an absent ready condition counts as ready', () => {
  expect(names([service('a'), service('b')], [slice('a', [undefined]), slice('b', [])])).toEqual(['b', 'a']);
});

test('what needs no endpoints does not look unhealthy', () => {
  const external = service('ext', { type: 'ExternalName', externalName: 'example.com' });
  const manual = { metadata: { name: 'manual' }, spec: { clusterIP: '10.96.0.2', ports: [{ port: 80 }] } };
  expect(names([external, manual, service('broken')], [])).toEqual(['broken', 'ext', 'manual']);
});

test('without slices nothing looks unhealthy, and no count is made up', () => {
  const [first, second] = serviceChoices([service('b'), service('a')], undefined, text);
  expect([first?.value, second?.value]).toEqual(['a', 'b']);
  expect(first?.note).toBe('10.96.0.1       80');
});

test('the note tells address, ports and endpoints; of two families each pod counts once', () => {
  const two = service('web', { ports: [{ port: 80 }, { port: 443 }] });
  const [choice] = serviceChoices([two], [slice('web', [true, false]), slice('web', [true, false], 'IPv6')], text);
  expect(choice?.note).toBe('10.96.0.1       80,443    1 of 2 ready');
});
