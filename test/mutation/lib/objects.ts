/** Objects of Kubernetes as far as mutations touch them. Everything else is carried along. */
export type Labels = Record<string, string>;

export interface Thing {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Labels };
  spec?: object;
}

export interface ContainerPort {
  name?: string;
  containerPort: number;
  protocol?: string;
}

export interface Probe {
  httpGet?: { path?: string; port: number | string; scheme?: string };
  tcpSocket?: { port: number | string };
  exec?: { command: string[] };
  initialDelaySeconds?: number;
  timeoutSeconds?: number;
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  ports?: ContainerPort[];
  readinessProbe?: Probe;
  resources?: { requests?: Labels; limits?: Labels };
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  env?: { name: string; value?: string; valueFrom?: object }[];
}

export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  volumes?: { name: string; configMap?: { name: string; items?: { key: string; path: string }[] } }[];
  dnsPolicy?: string;
  dnsConfig?: { nameservers?: string[]; searches?: string[]; options?: { name: string; value?: string }[] };
  hostAliases?: { ip: string; hostnames: string[] }[];
  nodeSelector?: Labels;
  readinessGates?: { conditionType: string }[];
  serviceAccountName?: string;
}

export interface Workload extends Thing {
  spec: {
    replicas?: number;
    selector: { matchLabels: Labels };
    template: { metadata: { labels: Labels }; spec: PodSpec };
  };
}

export interface ServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
  protocol?: string;
}

export interface Service extends Thing {
  spec: {
    type?: string;
    clusterIP?: string;
    externalName?: string;
    selector?: Labels;
    ports: ServicePort[];
    internalTrafficPolicy?: string;
    externalTrafficPolicy?: string;
    sessionAffinity?: string;
    publishNotReadyAddresses?: boolean;
  };
}

export interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}

export interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port?: number | string; endPort?: number; protocol?: string }[];
}

export interface Policy extends Thing {
  spec: { podSelector: Selector; policyTypes?: string[]; ingress?: Rule[]; egress?: Rule[] };
}

const of =
  <T extends Thing>(...kinds: string[]) =>
  (objects: readonly Thing[]): T[] =>
    objects.filter(({ kind }) => kinds.includes(kind)) as T[];

export const services = of<Service>('Service');
export const workloads = of<Workload>('Deployment', 'StatefulSet', 'DaemonSet');
export const policies = of<Policy>('NetworkPolicy');
export const namespaces = of<Thing>('Namespace');
export const configMaps = of<Thing>('ConfigMap', 'Secret');

/** As `Deployment web`. */
export const nameOf = ({ kind, metadata }: Thing): string => `${kind} ${metadata.name}`;

/** Whether every label of the selector is there with its value; an empty selector selects nothing here. */
export const selects = (selector: Labels | undefined, labels: Labels): boolean =>
  Object.keys(selector ?? {}).length > 0 &&
  Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
