import { loadAll } from 'js-yaml';
import { Container } from '../machine/container.ts';
import type { Task } from '../machine/task.ts';
import { nodeNetwork } from '../network/node.ts';
import { type Listener, NetworkPlace } from '../network/place.ts';
import type { DnsReply } from '../network/resolver.ts';
import type { KubeObject } from '../objects.ts';
import { setDefaults } from './defaults.ts';
import { OUTSIDE_RESOLVER } from './environment.ts';
import { resourceOfKind } from './resources.ts';
import type { NewObject } from './store.ts';
import { SYSTEM } from './system.ts';
import type { World } from './world.ts';

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
  serve(world, world.agent('node1'), (task) => ({
    protocol: 'TCP',
    address: '0.0.0.0',
    port: 6443,
    task,
    accept: async () => undefined,
  }));
  serve(world, outside(world), (task) => ({
    protocol: 'UDP',
    address: '0.0.0.0',
    port: 53,
    task,
    answer: async (name) => JSON.stringify(outsideName(name)),
  }));
}

/** Somebody who listens as long as the cluster is up: the API server, which says nothing, and the resolver outside. */
function serve(world: World, machine: Container, listener: (task: Task) => Listener): void {
  const run = (task: Task) => {
    machine.place.listen(listener(task));
    return new Promise<number>(() => undefined);
  };
  void machine.start({ clock: world.clock, run }).ended;
}

function outside({ network, view, booted }: World): Container {
  const place = new NetworkPlace(OUTSIDE_RESOLVER, 'outside');
  network.add(place);
  return new Container({ name: 'outside', place, network, cluster: view, programs: {}, memory: 0, booted });
}

/** Of the names outside of the cluster, one is there. */
const outsideName = (name: string): DnsReply =>
  name === 'example.com' ? { rcode: 'NOERROR', addresses: ['203.0.113.10'] } : { rcode: 'NXDOMAIN', addresses: [] };

const nodeObject = (name: string, address: string, podCIDR: string, time: string): NewObject => {
  const condition = (type: string, status: string, reason: string) => ({
    type,
    status,
    reason,
    lastTransitionTime: time,
    lastHeartbeatTime: time,
  });
  const capacity = { cpu: '4', memory: '8145004Ki', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
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
      nodeInfo: {
        kubeletVersion: 'v1.34.0',
        containerRuntimeVersion: 'practice://1',
        osImage: 'practice',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
};
