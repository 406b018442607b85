import { loadAll } from 'js-yaml';
import { nodeNetwork } from '../network/node.ts';
import { NetworkPlace } from '../network/place.ts';
import { resourceOfKind } from './resources.ts';
import { setDefaults } from './defaults.ts';
import type { NewObject } from './store.ts';
import { API_SERVER, type World } from './world.ts';
import type { KubeObject } from '../objects.ts';

export type ProxyMode = 'iptables' | 'nftables';

const NODES = [
  { name: 'node1', address: '172.30.0.11', podCidr: '10.244.0.0/24' },
  { name: 'node2', address: '172.30.0.12', podCidr: '10.244.1.0/24' },
];

/** Two nodes, DNS and kube-proxy, as kubeadm sets them up. */
export function populate(world: World, mode: ProxyMode): void {
  for (const { name, address, podCidr } of NODES) {
    const place = new NetworkPlace(address, name);
    world.network.add(place);
    world.network.nodes.set(name, nodeNetwork(name, place, podCidr));
    world.store.add(nodeObject(name, address, podCidr, world.store.time()));
  }
  for (const manifest of loadAll(SYSTEM.replace('$MODE', mode)) as NewObject[]) {
    const { namespaced } = resourceOfKind(manifest.kind);
    const added = { ...manifest, metadata: { ...(namespaced && { namespace: 'kube-system' }), ...manifest.metadata } };
    setDefaults(world, added as unknown as KubeObject);
    world.store.add(added, 'kubeadm');
  }
}

const nodeObject = (name: string, address: string, podCIDR: string, time: string): NewObject => {
  const condition = (type: string, status: string, reason: string) => ({ type, status, reason, lastTransitionTime: time, lastHeartbeatTime: time });
  const capacity = { cpu: '4', memory: '8145004Ki', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' } },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      capacity,
      allocatable: capacity,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      nodeInfo: { kubeletVersion: 'v1.34.0', containerRuntimeVersion: 'practice://1', osImage: 'practice', operatingSystem: 'linux', architecture: 'amd64' },
    },
  };
};

const SYSTEM = `
apiVersion: v1
kind: Namespace
metadata: { name: default }
---
apiVersion: v1
kind: Namespace
metadata: { name: kube-system }
---
apiVersion: v1
kind: Namespace
metadata: { name: kube-public }
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: { name: kubernetes }
spec: { cidrs: [10.96.0.0/12] }
---
apiVersion: v1
kind: Service
metadata: { name: kubernetes, namespace: default, labels: { component: apiserver, provider: kubernetes } }
spec: { clusterIP: 10.96.0.1, ports: [{ name: https, port: 443, targetPort: 6443 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: kubernetes, namespace: default, labels: { kubernetes.io/service-name: kubernetes } }
addressType: IPv4
ports: [{ name: https, port: 6443, protocol: TCP }]
endpoints: [{ addresses: [172.30.0.11], conditions: { ready: true } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns }
data:
  Corefile: |
    .:53 {
        errors
        health
        ready
        kubernetes cluster.local in-addr.arpa ip6.arpa {
           pods insecure
           fallthrough in-addr.arpa ip6.arpa
           ttl 30
        }
        prometheus :9153
        forward . /etc/resolv.conf
        cache 30
        loop
        reload
        loadbalance
    }
---
apiVersion: v1
kind: Service
metadata:
  name: kube-dns
  labels: { k8s-app: kube-dns, kubernetes.io/name: CoreDNS }
spec:
  clusterIP: 10.96.0.10
  selector: { k8s-app: kube-dns }
  ports:
  - { name: dns, port: 53, protocol: UDP, targetPort: 53 }
  - { name: dns-tcp, port: 53, protocol: TCP, targetPort: 53 }
  - { name: metrics, port: 9153, protocol: TCP, targetPort: 9153 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: coredns, labels: { k8s-app: kube-dns } }
spec:
  replicas: 2
  selector: { matchLabels: { k8s-app: kube-dns } }
  template:
    metadata: { labels: { k8s-app: kube-dns } }
    spec:
      dnsPolicy: Default
      priorityClassName: system-cluster-critical
      containers:
      - name: coredns
        image: registry.k8s.io/coredns/coredns:v1.12.1
        args: [-conf, /etc/coredns/Corefile]
        ports:
        - { name: dns, containerPort: 53, protocol: UDP }
        - { name: dns-tcp, containerPort: 53, protocol: TCP }
        - { name: metrics, containerPort: 9153, protocol: TCP }
        livenessProbe: { httpGet: { path: /health, port: 8080 }, initialDelaySeconds: 60, failureThreshold: 5 }
        readinessProbe: { httpGet: { path: /ready, port: 8181 } }
        volumeMounts: [{ name: config-volume, mountPath: /etc/coredns }]
      volumes:
      - name: config-volume
        configMap: { name: coredns, items: [{ key: Corefile, path: Corefile }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: kube-proxy, labels: { app: kube-proxy } }
data:
  config.conf: |
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    mode: $MODE
    clusterCIDR: 10.244.0.0/16
    clientConnection: { kubeconfig: /var/lib/kube-proxy/kubeconfig.conf }
  kubeconfig.conf: |
    apiVersion: v1
    kind: Config
    clusters: [{ name: default, cluster: { server: "${API_SERVER}" } }]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: kube-proxy, labels: { k8s-app: kube-proxy } }
spec:
  selector: { matchLabels: { k8s-app: kube-proxy } }
  template:
    metadata: { labels: { k8s-app: kube-proxy } }
    spec:
      hostNetwork: true
      priorityClassName: system-node-critical
      tolerations: [{ operator: Exists }]
      containers:
      - name: kube-proxy
        image: registry.k8s.io/kube-proxy:v1.34.0
        command: [kube-proxy, --config=/var/lib/kube-proxy/config.conf]
        volumeMounts: [{ name: kube-proxy, mountPath: /var/lib/kube-proxy }]
      volumes:
      - { name: kube-proxy, configMap: { name: kube-proxy } }
`;
