import type { Kind } from '../lib/change.ts';
import { both, set } from '../lib/change.ts';
import { nameOf } from '../lib/objects.ts';
import { backendsOf, clientOf } from '../lib/scene.ts';

const dnsPolicy: Kind = {
  name: 'dns-policy',
  title: "dnsPolicy of the client's pods",
  blames: ['dns/client-dns-policy', 'dns/wrong-nameserver', 'dns/no-search-path'],
  changes: (scene) => {
    const client = clientOf(scene);
    const { spec } = client.spec.template;
    const where = `${nameOf(client)}, spec.template.spec`;
    const own = (nameservers: string[], searches: string[] = []) =>
      both(set(where, spec, 'dnsPolicy', 'None'), set(where, spec, 'dnsConfig', { nameservers, searches }));
    return [
      set(where, spec, 'dnsPolicy', 'Default'),
      set(where, spec, 'dnsPolicy', 'ClusterFirstWithHostNet'),
      own(['10.96.0.99']),
      own(['$DNS']),
      own(['$DNS'], ['$NS.svc.cluster.local', 'svc.cluster.local', 'cluster.local']),
    ];
  },
};

const dnsConfig: Kind = {
  name: 'dns-config',
  title: "dnsConfig and hostAliases of the client's pods",
  blames: ['dns/*'],
  changes: (scene) => {
    const client = clientOf(scene);
    const { spec } = client.spec.template;
    const where = `${nameOf(client)}, spec.template.spec`;
    const option = (name: string, value: string) => set(where, spec, 'dnsConfig', { options: [{ name, value }] });
    const name = client.metadata.namespace === '$NS' ? scene.service : `${scene.service}.$NS`;
    return [
      option('ndots', '1'),
      option('ndots', '2'),
      option('timeout', '1'),
      set(where, spec, 'dnsConfig', { searches: ['corp.example.com'] }),
      set(where, spec, 'hostAliases', [{ ip: '10.99.0.9', hostnames: [name] }]),
      set(where, spec, 'hostAliases', [{ ip: '10.99.0.9', hostnames: ['legacy-db'] }]),
    ];
  },
};

const backendDns: Kind = {
  name: 'backend-dns',
  title: "DNS settings of the backends' pods",
  blames: ['pods/*'],
  changes: (scene) =>
    backendsOf(scene).flatMap((workload) => [
      set(`${nameOf(workload)}, spec.template.spec`, workload.spec.template.spec, 'dnsPolicy', 'Default'),
      set(`${nameOf(workload)}, spec.template.spec`, workload.spec.template.spec, 'hostAliases', [
        { ip: '10.99.0.9', hostnames: [scene.service] },
      ]),
    ]),
};

export const clientKinds = [dnsPolicy, dnsConfig, backendDns];
