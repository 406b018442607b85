import { describe, expect, test } from 'vitest';
import { CLIENT, deployment, NETEXEC, pod, scene, service, WEB } from '../scene.ts';

describe('Services', () => {
  const TWO = deployment('web', NETEXEC(8080), { replicas: 2 });

  test('spread connections over their ready pods, and a client with affinity stays with one', async () => {
    const spread = service('web', 'selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }]');
    const sticky = service(
      'sticky',
      'selector: { app: web }, sessionAffinity: ClientIP, ports: [{ port: 80, targetPort: 8080 }]',
    );
    const set = await scene({ manifests: [TWO, spread, sticky, CLIENT].join('') });
    const names = async (url: string) =>
      new Set(
        (await set.sh('client', `i=0; while [ $i -lt 20 ]; do i=$((i+1)); wget -qO- ${url}/hostname; echo; done`)).text
          .trim()
          .split('\n'),
      );
    expect((await names('http://web')).size).toBe(2);
    expect((await names('http://sticky')).size).toBe(1);
  });

  test('with a local policy lead to pods of the same node alone, and node ports are served', async () => {
    const local = service(
      'web',
      'internalTrafficPolicy: Local, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }]',
    );
    const open = service(
      'open',
      'type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]',
    );
    const near = deployment('web', NETEXEC(8080), { pod: 'nodeName: node1' });
    const clients = ['node1', 'node2'].map((node) =>
      pod(`on-${node}`, 'image: "busybox:1.36", command: [sleep, "86400"]', `nodeName: ${node}`),
    );
    const set = await scene({ manifests: [near, local, open, ...clients].join('') });
    const ask = async (from: string, url: string) => (await set.sh(from, `wget -qO- -T 2 ${url}`)).exitCode;
    expect([await ask('on-node1', 'http://web/'), await ask('on-node2', 'http://web/')]).toEqual([0, 1]);
    expect([
      await ask('on-node2', 'http://172.30.0.11:30080/'),
      await ask('on-node1', 'http://172.30.0.12:30080/'),
    ]).toEqual([0, 0]);
  });

  test.each([
    [true, 0],
    [false, 1],
  ])('hairpin %s: a pod that asks for itself ends with %i', async (hairpin, exitCode) => {
    const manifests = deployment('web', WEB) + service('web', 'selector: { app: web }, ports: [{ port: 80 }]');
    const set = await scene({ manifests, needs: { hairpin } });
    expect((await set.sh('deployment/web', 'wget -qO- -T 2 http://web/')).exitCode).toBe(exitCode);
  });
});
