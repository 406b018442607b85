/**
 * The Kubernetes objects that svc-debug reads, as the API server sends them: plain JSON.
 * The shapes come from the client library; its classes do not, since they turn dates into `Date`,
 * drop unknown fields and rename reserved ones (`from` -> `_from`), which a recording would not survive.
 */
import type * as client from '@kubernetes/client-node';

type Renamed<K> = K extends '_from'
  ? 'from'
  : K extends '_continue'
    ? 'continue'
    : K extends `x_kubernetes_${string}`
      ? never
      : K;

/** A class of the client library as the JSON it stands for. */
export type Json<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [K in keyof T as Renamed<K>]: Json<T[K]> }
      : T;

export type Service = Json<client.V1Service>;
export type ServicePort = Json<client.V1ServicePort>;
export type Pod = Json<client.V1Pod>;
export type Container = Json<client.V1Container>;
export type ContainerStatus = Json<client.V1ContainerStatus>;
export type Probe = Json<client.V1Probe>;
export type EndpointSlice = Json<client.V1EndpointSlice>;
export type Endpoint = Json<client.V1Endpoint>;
export type NetworkPolicy = Json<client.V1NetworkPolicy>;
export type NetworkPolicyPeer = Json<client.V1NetworkPolicyPeer>;
export type NetworkPolicyPort = Json<client.V1NetworkPolicyPort>;
export type LabelSelector = Json<client.V1LabelSelector>;
export type Namespace = Json<client.V1Namespace>;
export type Node = Json<client.V1Node>;
export type Event = Json<client.CoreV1Event>;
export type ConfigMap = Json<client.V1ConfigMap>;
export type DaemonSet = Json<client.V1DaemonSet>;
export type Deployment = Json<client.V1Deployment>;
export type StatefulSet = Json<client.V1StatefulSet>;
export type Ingress = Json<client.V1Ingress>;
export type ObjectMeta = Json<client.V1ObjectMeta>;

/** Any object, when only its metadata was asked for (`as=PartialObjectMetadataList`). */
export interface Metadata {
  apiVersion?: string;
  kind?: string;
  metadata?: ObjectMeta;
}

/** One page of a list. `more` is true when the server holds further pages that were not read. */
export interface Page<T> {
  items: T[];
  more: boolean;
}

export type Labels = Record<string, string>;
export type Protocol = 'TCP' | 'UDP' | 'SCTP';
