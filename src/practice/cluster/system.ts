import { API_SERVER } from './world.ts';

/** What kubeadm puts into every cluster, as far as it matters here. `$MODE`: kube-proxy's. Without a namespace: kube-system. */
export const SYSTEM = `
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
