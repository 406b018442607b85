import { endpointsOf } from '../../src/model/endpoints.ts';
import type { Endpoint, EndpointSlice, Service } from '../../src/model/kubernetes.ts';

export const port = { name: 'http', port: 80, targetPort: 8080 };
export const service: Service = {
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ipFamilies: ['IPv4'], ports: [port] },
};

export const endpoint = (address: string, more: Partial<Endpoint> = {}): Endpoint => ({
  addresses: [address],
  ...more,
});
export const slice = (endpoints: Endpoint[], more: Partial<EndpointSlice> = {}): EndpointSlice => ({
  metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints,
  ...more,
});
export const read = (...endpoints: Endpoint[]) => endpointsOf(service, port, [slice(endpoints)]).endpoints;
export const ready = (address: string, more: Partial<Endpoint> = {}) =>
  endpoint(address, { conditions: { ready: true }, ...more });
export const draining = (address: string, more: Partial<Endpoint> = {}) =>
  endpoint(address, { conditions: { ready: false, serving: true, terminating: true }, ...more });
export const unready = (address: string) =>
  endpoint(address, { conditions: { ready: false, serving: false, terminating: false } });
