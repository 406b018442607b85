import type { Change, Kind } from '../lib/change.ts';
import { set, typo } from '../lib/change.ts';
import type { ContainerPort, ServicePort } from '../lib/objects.ts';
import { nameOf } from '../lib/objects.ts';
import type { Random } from '../lib/random.ts';
import type { Scene } from '../lib/scene.ts';
import { backendsOf, serviceOf } from '../lib/scene.ts';

type PortChange = (where: string, port: ServicePort, random: Random) => Change[];

const eachPort = (scene: Scene, random: Random, changes: PortChange): Change[] =>
  serviceOf(scene).spec.ports.flatMap((port, i) => changes(`Service, spec.ports[${i}]`, port, random));

const wrongNumbers = (port: number): number[] => [
  port + 1,
  port === 80 ? 8080 : 80,
  3000,
  Number(`1${port}`.slice(0, 4)),
];

const servicePort: Kind = {
  name: 'service-port',
  title: "the number of a Service's port",
  blames: ['spec/*'],
  changes: (scene, random) =>
    eachPort(scene, random, (where, port) => wrongNumbers(port.port).map((number) => set(where, port, 'port', number))),
};

const targetPort: Kind = {
  name: 'target-port',
  title: 'a targetPort, by number or name',
  blames: ['spec/*', 'network-policy/ingress-denied'],
  changes: (scene, random) =>
    eachPort(scene, random, (where, port) => {
      const { targetPort: now = port.port } = port;
      const named = typeof now === 'string' ? [typo(now, random), 'web', 'grpc'] : [];
      const numbers = typeof now === 'number' ? wrongNumbers(now) : [8081, 80, 9090];
      return [...named, ...numbers, undefined].map((value) => set(where, port, 'targetPort', value));
    }),
};

const servicePortName: Kind = {
  name: 'service-port-name',
  title: "the name of a Service's port",
  blames: ['spec/*'],
  changes: (scene, random) =>
    eachPort(scene, random, (where, port) => ['web', 'main', 'x1'].map((name) => set(where, port, 'name', name))),
};

const protocol: Kind = {
  name: 'protocol',
  title: "the protocol of a Service's port",
  blames: ['spec/*'],
  changes: (scene, random) =>
    eachPort(scene, random, (where, port) =>
      ['UDP', 'SCTP', 'TCP'].map((value) => set(where, port, 'protocol', value)),
    ),
};

const containerPort: Kind = {
  name: 'container-port',
  title: 'a declared port of a container: name, number, protocol',
  // a readiness probe may ask for the port by its name
  blames: ['spec/*', 'network-policy/ingress-denied', 'pods/not-ready'],
  changes: (scene, random) =>
    backendsOf(scene).flatMap((workload) =>
      workload.spec.template.spec.containers.flatMap((container, i) => [
        ...(container.ports ?? []).flatMap((port, j) =>
          declared(`${nameOf(workload)}, containers[${i}].ports[${j}]`, port, random),
        ),
        ...(container.ports ? [set(`${nameOf(workload)}, containers[${i}]`, container, 'ports', undefined)] : []),
      ]),
    ),
};

const declared = (where: string, port: ContainerPort, random: Random): Change[] => [
  ...(port.name ? [set(where, port, 'name', typo(port.name, random)), set(where, port, 'name', 'main')] : []),
  ...wrongNumbers(port.containerPort).map((number) => set(where, port, 'containerPort', number)),
  set(where, port, 'protocol', 'UDP'),
];

export const portKinds = [servicePort, targetPort, servicePortName, protocol, containerPort];
