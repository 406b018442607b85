import { describe, expect, test } from 'vitest';
import { pod, scene, service, WEB } from '../scene.ts';

describe("a pod's resolver", () => {
  const resolvConf = async (more: string) =>
    (await scene({ manifests: pod('client', 'image: "busybox:1.36", command: [sleep, "86400"]', more) })).sh(
      'client',
      'cat /etc/resolv.conf; cat /etc/hosts | tail -1',
    );

  test.each([
    [
      'hostname: c',
      'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    ],
    ['dnsPolicy: Default', 'nameserver 172.30.0.1\n'],
    ['hostNetwork: true', 'nameserver 172.30.0.1\n'],
    [
      'hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet',
      'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    ],
    [
      'dnsPolicy: None, dnsConfig: { nameservers: [1.2.3.4], searches: [corp.example], options: [{ name: ndots, value: "2" }] }',
      'search corp.example\nnameserver 1.2.3.4\noptions ndots:2\n',
    ],
    [
      'dnsConfig: { options: [{ name: ndots, value: "1" }] }',
      'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:1\n',
    ],
  ])('%s', async (more, file) => {
    expect((await resolvConf(more)).text).toContain(file);
  });

  test('knows the names of pods behind a headless Service, and those that a hosts file gives', async () => {
    const set = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: 2
  selector: { matchLabels: { app: db } }
  template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: main, ${WEB} }] } }
---
${service('db', 'clusterIP: None, selector: { app: db }, ports: [{ port: 80 }]')}
${pod('client', 'image: "busybox:1.36", command: [sleep, "86400"]', 'hostAliases: [{ ip: 192.0.2.7, hostnames: [old] }]')}`;
    const there = await scene({ manifests: set });
    expect((await there.sh('client', 'wget -qO- http://db-1.db/ && wget -qO- http://db/')).exitCode).toBe(0);
    expect((await there.sh('client', 'nc -z -v -w 1 old 80')).text).toContain('old (192.0.2.7:80)');
  });
});
