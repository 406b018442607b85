import { beforeAll, describe, expect, test } from 'vitest';
import { exec } from '../../src/practice/scenario/stage.ts';
import { CLIENT, deployment, NETEXEC, pod, type Scene, scene, service, WEB } from './scene.ts';

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
});

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

describe('NetworkPolicies', () => {
  const policy = (name: string, spec: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name} }
spec: { ${spec} }
---`;
  const base = [
    deployment('web', `${NETEXEC(8080)}, ports: [{ name: http, containerPort: 8080 }]`),
    service('web', 'selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }]'),
    CLIENT,
  ];
  const OF_WEB = 'podSelector: { matchLabels: { app: web } }';

  test.each<[string, string, number]>([
    ['nothing is let in', `${OF_WEB}, policyTypes: [Ingress]`, 1],
    ['everybody is', `${OF_WEB}, ingress: [{}]`, 0],
    [
      'the client by its label',
      `${OF_WEB}, ingress: [{ from: [{ podSelector: { matchLabels: { run: client } } }] }]`,
      0,
    ],
    ['somebody else', `${OF_WEB}, ingress: [{ from: [{ podSelector: { matchLabels: { run: other } } }] }]`, 1],
    [
      'the namespace by its name',
      `${OF_WEB}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } } }] }]`,
      0,
    ],
    [
      'both, or none',
      `${OF_WEB}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { a: b } }, podSelector: { matchLabels: { run: client } } }] }]`,
      1,
    ],
    ["the pod's port by number", `${OF_WEB}, ingress: [{ ports: [{ port: 8080 }] }]`, 0],
    ["the Service's port", `${OF_WEB}, ingress: [{ ports: [{ port: 80 }] }]`, 1],
    ['a port by name', `${OF_WEB}, ingress: [{ ports: [{ port: http }] }]`, 0],
    ['a range of ports', `${OF_WEB}, ingress: [{ ports: [{ port: 8000, endPort: 8079 }] }]`, 1],
    ['another protocol', `${OF_WEB}, ingress: [{ ports: [{ port: 8080, protocol: UDP }] }]`, 1],
    [
      'addresses, but not those of pods',
      `${OF_WEB}, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.244.0.0/16] } }] }]`,
      1,
    ],
    ['a client that may go nowhere', 'podSelector: { matchLabels: { run: client } }, policyTypes: [Egress]', 1],
    [
      'a client that may go to pods, but not ask for names',
      'podSelector: { matchLabels: { run: client } }, egress: [{ to: [{ podSelector: {} }] }], policyTypes: [Egress]',
      1,
    ],
    [
      'a client that may do both',
      'podSelector: { matchLabels: { run: client } }, egress: [{ to: [{ podSelector: {} }] }, { ports: [{ port: 53, protocol: UDP }] }], policyTypes: [Egress]',
      0,
    ],
  ])('%s', async (_, spec, exitCode) => {
    const set = await scene({ manifests: [...base, policy('p', spec)].join('') });
    expect((await set.sh('client', 'wget -qO- -T 2 http://web/')).exitCode).toBe(exitCode);
  });

  test("never keep a node's own kubelet away", async () => {
    const probed = deployment('web', `${NETEXEC(8080)}, readinessProbe: { httpGet: { path: /healthz, port: 8080 } }`);
    const set = await scene({ manifests: probed + policy('deny', 'podSelector: {}, policyTypes: [Ingress, Egress]') });
    expect(set.fields('pods', '.status.containerStatuses[0].ready')).toBe('true');
  });
});

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
