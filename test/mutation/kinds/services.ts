import type { Kind } from '../lib/change.ts';
import { both, set, typo } from '../lib/change.ts';
import { namespaces } from '../lib/objects.ts';
import { serviceOf } from '../lib/scene.ts';

const name: Kind = {
  name: 'service-name',
  title: "the Service's name",
  blames: ['exists/*'],
  changes: (scene, random) => {
    const { metadata } = serviceOf(scene);
    return [typo(metadata.name, random), `${metadata.name}-svc`, `my-${metadata.name}`].map((value) =>
      set('Service, metadata', metadata, 'name', value),
    );
  },
};

const namespace: Kind = {
  name: 'service-namespace',
  title: "the Service's namespace",
  blames: ['exists/*'],
  changes: (scene) => {
    const { metadata } = serviceOf(scene);
    return namespaces(scene.objects)
      .filter((other) => other.metadata.name !== metadata.namespace)
      .map((other) => set('Service, metadata', metadata, 'namespace', other.metadata.name));
  },
};

const type: Kind = {
  name: 'service-type',
  title: 'the type of the Service, or headless',
  blames: ['spec/headless-port-remap', 'spec/target-port-closed'],
  changes: (scene) => {
    const { spec } = serviceOf(scene);
    if (spec.type === 'ExternalName') return [];
    const typed = spec.clusterIP === 'None' ? [] : ['NodePort', 'LoadBalancer'];
    return [
      ...typed.map((value) => set('Service, spec', spec, 'type', value)),
      set('Service, spec', spec, 'clusterIP', spec.clusterIP === 'None' ? undefined : 'None'),
    ];
  },
};

const trafficPolicy: Kind = {
  name: 'traffic-policy',
  title: 'internalTrafficPolicy',
  blames: ['ip/no-local-endpoint'],
  changes: (scene) => {
    const { spec } = serviceOf(scene);
    if (spec.type === 'ExternalName' || spec.clusterIP === 'None') return [];
    return [set('Service, spec', spec, 'internalTrafficPolicy', spec.internalTrafficPolicy ? 'Cluster' : 'Local')];
  },
};

const harmless: Kind = {
  name: 'service-extras',
  title: 'affinity, families, not-ready addresses, traffic from outside',
  blames: [],
  changes: (scene) => {
    const { spec } = serviceOf(scene);
    if (spec.type === 'ExternalName') return [];
    const outside = set('Service, spec', spec, 'externalTrafficPolicy', 'Local');
    return [
      set('Service, spec', spec, 'publishNotReadyAddresses', true),
      ...(spec.clusterIP === 'None'
        ? []
        : [
            set('Service, spec', spec, 'sessionAffinity', 'ClientIP'),
            both(outside, set('Service, spec', spec, 'type', 'NodePort')),
          ]),
    ];
  },
};

const otherProxy: Kind = {
  name: 'proxy-label',
  title: 'a label of the Service that kube-proxy reads',
  blames: ['spec/other-proxy'],
  changes: (scene) => {
    const { metadata, spec } = serviceOf(scene);
    const { labels = {} } = metadata;
    metadata.labels = labels;
    if (spec.type === 'ExternalName') return [];
    return [set('Service, metadata.labels', labels, 'service.kubernetes.io/service-proxy-name', 'mesh')];
  },
};

const externalName: Kind = {
  name: 'external-name',
  title: 'where an ExternalName leads',
  blames: ['dns/*'],
  changes: (scene, random) => {
    const { spec } = serviceOf(scene);
    if (!spec.externalName) return [];
    const [first = '', ...rest] = spec.externalName.split('.');
    const short = rest.slice(0, 1);
    return [
      [typo(first, random), ...rest].join('.'),
      [first, `${short[0]}-old`, ...rest.slice(1)].join('.'),
      [first, ...short].join('.'),
      [first, ...rest.slice(0, -1), 'lan'].join('.'),
      '10.96.0.77',
    ].map((value) => set('Service, spec', spec, 'externalName', value));
  },
};

export const serviceKinds = [name, namespace, type, trafficPolicy, harmless, otherProxy, externalName];
