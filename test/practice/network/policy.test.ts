import { describe, expect, test } from 'vitest';
import { CLIENT, deployment, NETEXEC, scene, service } from '../scene.ts';

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
