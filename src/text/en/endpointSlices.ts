import type { StepCatalogue } from '../catalogue.ts';
import { count, listed } from './words.ts';

const IGNORED: Record<string, (value: string) => string> = {
  'address-type': (value) => `its addressType is ${value}, and only IPv4 and IPv6 are read`,
  family: (value) => `its addressType is ${value}, and the Service has no ${value} address`,
  address: (value) => `its address ${value} does not fit its addressType`,
  'headless-label': () => 'it carries the label service.kubernetes.io/headless',
  'other-proxy-label': () => 'it carries the label service.kubernetes.io/service-proxy-name',
};

/** Why an Endpoints object is not copied into slices. */
const UNMIRRORED = {
  label: ': it has the label endpointslice.kubernetes.io/skip-mirror',
  leader: ': it is the mark of a leader election',
  '': '',
};

type SliceCode =
  | 'endpoints/no-selector-no-slices'
  | 'endpoints/slice-not-linked'
  | 'endpoints/slice-port-name'
  | 'endpoints/slice-ignored'
  | 'endpoints/dead-address'
  | 'endpoints/controller-stale'
  | 'endpoints/none-ready'
  | 'endpoints/no-ports';

/** What is wrong with the EndpointSlices of a Service, rather than with what it selects. */
export const sliceFindings: Pick<StepCatalogue<'endpoints'>['findings'], SliceCode> = {
  'endpoints/no-selector-no-slices': {
    says: ({ endpointsObject, unmirrored, emptySlices }) =>
      `The Service has no selector, and ${
        emptySlices.length > 0
          ? `its EndpointSlice ${listed(emptySlices)} is empty`
          : 'nobody made an EndpointSlice for it'
      }${endpointsObject ? `; its Endpoints object is not mirrored${UNMIRRORED[unmirrored]}` : ''}`,
    why: 'Without a selector no controller makes endpoints: somebody has to write them.',
    prove: 'kubectl get endpointslices -l kubernetes.io/service-name=NAME',
    mend: 'Give the Service a selector, or create an EndpointSlice with the label kubernetes.io/service-name and the addresses.',
    remedies: {
      'add-selector': ({ workload }) => `Select the pods of ${workload ?? 'the workload'}`,
      'create-slice': () =>
        'Write an EndpointSlice with the label kubernetes.io/service-name, the port name and the addresses',
    },
  },
  'endpoints/slice-not-linked': {
    says: ({ slice, label }) =>
      `EndpointSlice ${slice} is not linked to the Service: its label kubernetes.io/service-name ${label ? `says ${label}` : 'is missing'}`,
    why: 'kube-proxy finds the slices of a Service by that label; the name of the slice means nothing.',
    prove: 'kubectl get endpointslices --show-labels',
    mend: 'Set the label kubernetes.io/service-name to the name of the Service.',
    remedies: { 'link-slice': ({ slice }) => `Link ${slice} to the Service` },
  },
  'endpoints/slice-port-name': {
    says: ({ port, name, slice, has }) =>
      `EndpointSlice ${slice} has no port that fits port ${port}${name ? ` (${name})` : ', which has no name'}; it has ${
        has.length > 0 ? listed(has) : 'none'
      }`,
    why: 'Ports of Service and slice are paired by name and protocol, not by number; an unnamed port pairs with an empty name.',
    prove: 'kubectl get endpointslice NAME -o yaml: compare ports[].name with those of the Service.',
    mend: 'Give the port of the slice the name of the Service port.',
    remedies: { 'rename-port': ({ name }) => `Give the slice's port the name "${name}"` },
  },
  'endpoints/slice-ignored': {
    says: ({ slice, reason, value }) =>
      `kube-proxy passes EndpointSlice ${slice} over: ${IGNORED[reason]?.(value) ?? reason}`,
    why: 'A slice that kube-proxy does not read gives the Service no endpoints.',
    prove: 'kubectl get endpointslice NAME -o yaml',
    mend: 'Correct the slice, or create it anew: addressType cannot be changed.',
    remedies: {
      'look-at-slice': () => 'Correct it; addressType cannot be changed, so that it may have to be made anew',
    },
  },
  'endpoints/dead-address': {
    says: ({ port, addresses, slices, serviceOf, leftover }) =>
      `Nobody answers at ${listed(addresses, 3)}, which EndpointSlice ${listed(slices, 3)} lists for port ${port}${
        serviceOf ? `; it is the cluster IP of Service ${serviceOf}, which cannot be an endpoint` : ''
      }${leftover ? '. The Service has a selector: this slice comes on top' : ''}`,
    why: 'kube-proxy sends requests to every address in the slices, also to those that were forgotten there.',
    prove:
      'Connect to ADDRESS:PORT from inside the cluster; kubectl get endpointslices -l kubernetes.io/service-name=NAME',
    mend: 'Delete the slice, or correct the address.',
    remedies: {
      'delete-slice': ({ slices }) => `Delete ${listed(slices, 3)}, unless somebody still keeps it`,
      'correct-address': () => 'Correct the address, or mend what should answer there',
    },
  },
  'endpoints/controller-stale': {
    says: ({ missing, gone, noSlice }) =>
      noSlice
        ? 'The Service has a selector and no EndpointSlice at all: the controller that makes them is not at work'
        : `The EndpointSlices are out of date: ${[
            ...(missing.length > 0
              ? [`${listed(missing, 3)} ${missing.length === 1 ? 'is' : 'are'} ready and not listed`]
              : []),
            ...(gone.length > 0 ? [`${listed(gone, 3)} ${gone.length === 1 ? 'is' : 'are'} listed and gone`] : []),
          ].join('; ')}`,
    why: 'kube-proxy sends requests to what the slices list. When nobody keeps them, pods come and go unnoticed.',
    prove: 'Compare kubectl get endpointslices with kubectl get pods -o wide.',
    mend: 'Look at kube-controller-manager: whether it runs, holds its lease (renewTime), and may write EndpointSlices (RBAC, webhooks, quota).',
    remedies: { 'look-at-controller': () => 'See whether kube-controller-manager runs, and what it complains about' },
  },
  'endpoints/none-ready': {
    says: ({ notReady, terminating }) =>
      `No endpoint is ready: ${[
        ...(notReady > 0 ? [`${notReady} not ready`] : []),
        ...(terminating > 0 ? [`${terminating} shutting down`] : []),
      ].join(', ')}`,
    why: 'Only ready endpoints get requests; without one connections are refused.',
    prove:
      'kubectl get endpointslices -o yaml: conditions.ready is false. (The table lists the addresses all the same.)',
    mend: 'Mend the pods; the step that looks at them says what keeps them from being ready.',
    remedies: {},
  },
  'endpoints/no-ports': {
    says: ({ port, addresses }) =>
      `The EndpointSlices list ${count(addresses, 'address', 'addresses')}, and no port for ${port}`,
    why: 'An address without a port is no endpoint; connections are refused.',
    prove: 'kubectl get endpointslices prints <unset> under PORTS.',
    mend: 'See what the targetPort of that port means on the pods.',
    remedies: {},
  },
};
