import { beforeAll, describe, expect, test } from 'vitest';
import { exec } from '../../../src/practice/scenario/stage.ts';
import { CLIENT, NETEXEC, pod, type Scene, scene, service } from '../scene.ts';

/** Listeners of every kind, behind one address. */
const LAB = `
apiVersion: v1
kind: Pod
metadata: { name: lab, labels: { app: lab } }
spec:
  containers:
  - { name: a1, ${NETEXEC(8080)}, ports: [{ name: http, containerPort: 8080 }] }
  - { name: r1, image: "registry.k8s.io/e2e-test-images/agnhost:2.53", args: [tcp-reset, --port=8090] }
  - { name: s1, image: "registry.k8s.io/e2e-test-images/agnhost:2.53", args: [serve-hostname, "--http=false", --tcp, --port=2525] }
  - { name: u1, image: "registry.k8s.io/e2e-test-images/agnhost:2.53", args: [serve-hostname, "--http=false", --udp, --port=5353] }
  - { name: n1, image: "busybox:1.36", command: [nc, -lk, -p, "5432", -e, cat] }
  - { name: l1, image: "busybox:1.36", command: [sh, -c, "mkdir -p /srv && hostname > /srv/index.html && exec httpd -f -p 127.0.0.1:8888 -h /srv"] }
  - { name: h1, image: "busybox:1.36", command: [sh, -c, "mkdir -p /srv && echo hi > /srv/index.html && httpd -f -p 8889 -h /srv & wait"] }
---
${service('lab', 'selector: { app: lab }, ports: [{ name: a, port: 80, targetPort: http }, { name: c, port: 81, targetPort: 9999 }]')}
${service('none', 'selector: { app: none }, ports: [{ port: 80 }]')}
${service('udp', 'selector: { app: lab }, ports: [{ port: 53, targetPort: 5353, protocol: UDP }]')}
${service('alias', 'type: ExternalName, externalName: lab.shop.svc.cluster.local')}
${service('away', 'type: ExternalName, externalName: nowhere.example.invalid')}
${CLIENT}
${pod('curly', 'image: "curlimages/curl:8.12.1", command: [sleep, "86400"]')}`;

describe('tools meet listeners, and print what the real ones print', () => {
  let set: Scene;
  beforeAll(async () => {
    set = await scene({ manifests: LAB });
  });
  const lab = () => set.fields('pods', '.status.podIP').split(' ')[0] ?? '';
  const vip = (name: string) =>
    set.world.view.services().find(({ metadata }) => metadata.name === name)?.spec.clusterIP ?? '';

  const line = async (from: string, text: string) => {
    const { exitCode, text: said } = await set.sh(
      from,
      text.replaceAll('LAB', lab()).replaceAll('VIP', vip('lab')).replaceAll('NONE', vip('none')),
    );
    return `${said.replaceAll(lab(), 'LAB').replaceAll(vip('lab'), 'VIP').replaceAll(vip('none'), 'NONE')}rc=${exitCode}`;
  };

  /** As recorded on a cluster with busybox 1.37 and curl 8.12. */
  test.each([
    ['nc -z -vv -w 2 LAB 8080', 'LAB (LAB:8080) open\nsent 0, rcvd 0\nrc=0'],
    ['nc -z -vv -w 2 LAB 9999', 'nc: LAB (LAB:9999): Connection refused\nsent 0, rcvd 0\nrc=1'],
    ['nc -z -v -w 2 LAB 9999', 'rc=1'],
    ['nc -z -vv -w 2 LAB 8888', 'nc: LAB (LAB:8888): Connection refused\nsent 0, rcvd 0\nrc=1'],
    ['nc -z -vv -w 2 VIP 82', 'nc: VIP (VIP:82): Connection timed out\nsent 0, rcvd 0\nrc=1'],
    ['nc -z -vv -w 2 NONE 80', 'nc: NONE (NONE:80): Connection refused\nsent 0, rcvd 0\nrc=1'],
    ['nc -z -vv -w 2 192.0.2.21 80', 'nc: 192.0.2.21 (192.0.2.21:80): Connection timed out\nsent 0, rcvd 0\nrc=1'],
    ['nc -z -w 2 nosuch 80', "nc: bad address 'nosuch'\nrc=1"],
    ['nc -w 2 LAB 2525', 'labrc=0'],
    [
      "nc -vv -w 2 LAB 2525 -e sh -c 'printf x; exec dd bs=1024 count=2 >&2 2>/dev/null'",
      'LAB (LAB:2525) open\nlabrc=0',
    ],
    ["nc -vv -w 2 LAB 8090 -e sh -c 'printf x; exec dd bs=1024 count=2 >&2 2>/dev/null'", 'LAB (LAB:8090) open\nrc=1'],
    ['echo ping | timeout 3 nc LAB 5432', 'ping\nTerminated\nrc=143'],
    ['echo x | nc -u -w 1 udp 53', 'labrc=0'],
    ['nc -u -v -w 3 lab 9 -e true', 'lab (VIP:9) open\nrc=0'],
    ['wget -qO- -T 3 http://lab/hostname', 'labrc=0'],
    ['wget -qO- -T 3 http://alias/hostname', 'labrc=0'],
    ['wget -qO- -T 3 http://LAB:8889/', 'hi\nrc=0'],
    [
      'wget -O- -T 3 http://LAB:8889/nope',
      'Connecting to LAB:8889 (LAB:8889)\nwget: server returned error: HTTP/1.1 404 Not Found\nrc=1',
    ],
    ['wget -qO- -T 3 http://LAB:8090/', 'wget: error getting response: Connection reset by peer\nrc=1'],
    ['wget -qO- -T 3 http://LAB:2525/', 'wget: error getting response: Connection reset by peer\nrc=1'],
    ['wget -qO- -T 3 http://LAB:5432/', 'wget: download timed out\nrc=1'],
    ['wget -qO- http://NONE/', "wget: can't connect to remote host (NONE): Connection refused\nrc=1"],
    ['wget -qO- -T 2 http://VIP:82/', 'wget: download timed out\nrc=1'],
    ['wget -qO- -T 2 http://lab:81/', "wget: can't connect to remote host (VIP): Connection refused\nrc=1"],
    ['wget -qO- http://away/', "wget: bad address 'away'\nrc=1"],
    [
      'nslookup lab.shop.svc.cluster.local.',
      'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tlab.shop.svc.cluster.local\nAddress: VIP\n\n\nrc=0',
    ],
    [
      'nslookup nosuch.shop.svc.cluster.local.',
      "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find nosuch.shop.svc.cluster.local.: NXDOMAIN\n\n** server can't find nosuch.shop.svc.cluster.local.: NXDOMAIN\n\nrc=1",
    ],
    [
      'nslookup alias.shop.svc.cluster.local.',
      'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nalias.shop.svc.cluster.local\tcanonical name = lab.shop.svc.cluster.local\nName:\tlab.shop.svc.cluster.local\nAddress: VIP\n\nalias.shop.svc.cluster.local\tcanonical name = lab.shop.svc.cluster.local\n\nrc=0',
    ],
    ['nslookup lab 10.96.0.99', ';; connection timed out; no servers could be reached\n\nrc=1'],
  ])('%s', async (command, printed) => {
    expect(await line('client', command)).toBe(printed);
  });

  test.each([
    ['curl -sS -m 3 http://lab/hostname', 'labrc=0'],
    ['curl -sS -m 5 http://nosuch', 'curl: (6) Could not resolve host: nosuch\nrc=6'],
    [
      'curl -sS -m 5 http://LAB:9999/',
      'curl: (7) Failed to connect to LAB port 9999 after 1 ms: Could not connect to server\nrc=7',
    ],
    ['curl -sS -m 2 http://VIP:82/', 'curl: (28) Connection timed out after 2001 milliseconds\nrc=28'],
    [
      'curl -sS -m 2 http://LAB:5432/',
      'curl: (28) Operation timed out after 2001 milliseconds with 0 bytes received\nrc=28',
    ],
    ['curl -sS -m 2 http://LAB:8090/', 'curl: (56) Recv failure: Connection reset by peer\nrc=56'],
    ['curl -sS -m 2 http://LAB:2525/', 'curl: (1) Received HTTP/0.9 when not allowed\nrc=1'],
    [
      'curl -sSk -m 2 https://LAB:8080/',
      'curl: (35) TLS connect error: error:0A00010B:SSL routines::wrong version number\nrc=35',
    ],
    ['curl -s -o /dev/null -w "%{http_code}" http://LAB:8889/nope', '404rc=0'],
    ['curl -sSf http://LAB:8889/nope', 'curl: (22) The requested URL returned error: 404\nrc=22'],
  ])('%s', async (command, printed) => {
    expect(await line('curly', command)).toBe(printed);
  });

  test('a process that is stopped lets connections open, and says nothing', async () => {
    await exec(set, ['lab', '-c', 'h1', '--', 'killall', '-STOP', 'httpd']);
    expect(await line('client', 'nc -z -w 2 LAB 8889')).toBe('rc=0');
    expect(await line('client', 'wget -qO- -T 2 http://LAB:8889/')).toBe('wget: download timed out\nrc=1');
    await exec(set, ['lab', '-c', 'h1', '--', 'killall', '-CONT', 'httpd']);
    expect(await line('client', 'wget -qO- -T 2 http://LAB:8889/')).toBe('hi\nrc=0');
  });

  test('date tells the time of the cluster as busybox does, and nothing that it does not know', async () => {
    const said = (text: string) => set.sh('client', text).then(({ text: all }) => all);
    expect(await said('date')).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d UTC \d{4}\n$/);
    expect(await said('date +%s')).toBe('date: options are not simulated\n');
  });
});
