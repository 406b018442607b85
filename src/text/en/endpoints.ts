import type { StepCatalogue } from '../catalogue.ts';
import { count, listed } from './words.ts';

const IGNORED: Record<string, (value: string) => string> = {
  'address-type': (value) => `its addressType is ${value}, and only IPv4 and IPv6 are read`,
  family: (value) => `its addressType is ${value}, and the Service has no ${value} address`,
  address: (value) => `its address ${value} does not fit its addressType`,
  'headless-label': () => 'it carries the label service.kubernetes.io/headless',
  'other-proxy-label': () => 'it carries the label service.kubernetes.io/service-proxy-name',
};

const differs = (wanted: readonly string[], found: readonly string[]): string =>
  wanted.map((label, i) => (found[i] ? `${found[i]} instead of ${label}` : `no ${label.split('=')[0]}`)).join(', ');

export const endpoints: StepCatalogue<'endpoints'> = {
  findings: {
    'endpoints/selector-mismatch': {
      says: ({ selector, workload, pods, wanted, found }) =>
        `The selector ${selector} matches no pod; ${pods === 0 ? 'the template' : count(pods, 'pod')} of ${workload} ${
          pods === 1 || pods === 0 ? 'has' : 'have'
        } ${differs(wanted, found)}`,
      why: 'Every label of the selector must be on the pod, letter for letter. Without a match the Service has no endpoints, and connections are refused.',
      prove: 'kubectl get pods -l SELECTOR finds nothing; kubectl get pods --show-labels shows what there is.',
      mend: 'Correct the selector of the Service, or the labels in the pod template.',
      remedies: {
        'change-selector': ({ workload, also }) =>
          `Let the selector match the pods of ${workload}${also.length > 0 ? `; it then matches ${listed(also)} as well` : ''}`,
        'label-pods': () => 'Give the pods the label that the selector asks for; changing a template replaces its pods',
      },
    },
    'endpoints/labels-on-workload-only': {
      says: ({ workload, labels, selector }) =>
        `${workload} carries ${labels}, its pods do not; the selector ${selector} matches no pod`,
      why: 'A Service selects pods. What stands in metadata.labels of the workload is not handed down to them.',
      prove: 'kubectl get pods --show-labels',
      mend: 'Put the label into spec.template.metadata.labels.',
      remedies: {
        'label-template': ({ labels }) => `Put ${labels} into the pod template; its pods are replaced`,
        'change-selector': () => 'Leave the label out of the selector',
      },
    },
    'endpoints/pods-in-other-namespace': {
      says: ({ selector, namespace, namespaces, workload, pods }) =>
        `The selector ${selector} matches no pod in namespace ${namespace}; ${count(pods, 'pod')} of ${workload} in ${listed(
          namespaces,
        )} would match`,
      why: 'A selector never reaches beyond the namespace of its Service.',
      prove: 'kubectl get pods -A -l SELECTOR',
      mend: 'Create the Service where the pods are; an ExternalName may stand for it here.',
      remedies: {
        'expose-there': () => 'Create the Service where the pods are',
        alias: () =>
          'Let the name here stand for it, once it is there; clients that hold the old address must look again',
      },
    },
    'endpoints/no-pods': {
      says: ({ selector, workload, wanted, nodeSelector }) => {
        if (workload === undefined) return `The selector ${selector} matches no pod, and none comes near it`;
        if (wanted > 0) return `${workload} wants ${count(wanted, 'pod')} and has none`;
        const where = nodeSelector ? ` with ${nodeSelector}` : '';
        return `${workload} is to run on no node: none${where} fits its template`;
      },
      why: 'A Service without pods has no endpoints, and connections to it are refused.',
      prove: 'kubectl get pods -l SELECTOR finds nothing.',
      mend: 'Create the workload, or correct the selector. A workload that cannot make its pods says why in its events.',
      remedies: {
        'look-at-workload': ({ workload }) => `See why ${workload ?? 'the workload'} has no pods`,
        'list-pods': () => 'See which pods there are, and what labels they carry',
      },
    },
    'endpoints/scaled-to-zero': {
      says: ({ workload }) => `${workload} is scaled to zero: there is no pod to answer`,
      why: 'The selector is right, and nobody is there: connections are refused.',
      prove: 'kubectl get deployment prints 0/0.',
      mend: 'Scale it up. Look first who scaled it down: an autoscaler or a cost saver does it again.',
      remedies: { scale: ({ workload }) => `Scale ${workload} up; find out who scaled it down` },
    },
    'endpoints/only-finished-pods': {
      says: ({ pods, failed, workloads }) =>
        `${pods.length === 1 ? 'The only pod' : `All ${pods.length} pods`} that the selector matches ${
          pods.length === 1 ? 'has' : 'have'
        } ${failed === pods.length ? 'failed' : 'finished'} (${listed(workloads, 3)})`,
      why: 'A pod that has completed or failed runs no more, and is no endpoint.',
      prove: 'kubectl get pods -l SELECTOR prints Completed or Error.',
      mend: 'Run the server by a Deployment, not a Job, or select the pods that are meant.',
      remedies: { 'look-at-workload': () => 'See why they ended; a server belongs into a Deployment' },
    },
    'endpoints/all-terminating': {
      says: ({ pods, since, finalizers }) =>
        `${pods.length === 1 ? 'The only pod that is selected is' : `All ${pods.length} selected pods are`} shutting down, for ${since}${
          finalizers.length > 0 ? `, held by ${listed(finalizers)}` : ''
        }`,
      why: 'A pod that terminates gets no new requests once it has stopped serving.',
      prove: 'kubectl get pods -l SELECTOR prints Terminating.',
      mend: 'See what holds them (finalizer, preStop, a node that is gone), and why no new pods come.',
      remedies: { 'look-at-pods': () => 'See what holds them, and why no new ones come' },
    },
    'endpoints/selects-other-app': {
      says: ({ selector, others, own }) =>
        `The selector ${selector} takes in ${listed(others, 3)}, another application than ${listed(own, 3)}`,
      why: 'Requests go to every pod that the selector matches, also to those that know nothing of them.',
      prove: 'kubectl get pods -l SELECTOR --show-labels',
      mend: 'Add a label to the selector that only the pods of this application have.',
      remedies: {
        'narrow-selector': ({ own }) => `Narrow the selector to ${listed(own, 3)}`,
        'change-selector': ({ own }) => `Select ${listed(own, 3)} instead`,
        compare: () => 'Give the pods of this application a label of their own, and select by it',
      },
    },
    'endpoints/no-selector-no-slices': {
      says: ({ endpointsObject, emptySlices }) =>
        `The Service has no selector, and ${
          emptySlices.length > 0
            ? `its EndpointSlice ${listed(emptySlices)} is empty`
            : 'nobody made an EndpointSlice for it'
        }${endpointsObject ? '; its Endpoints object is not mirrored' : ''}`,
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
  },
  observations: {
    'endpoints.selected': ({ selector, pods }) => `${selector} matches ${pods === 0 ? 'no pod' : count(pods, 'pod')}`,
    'endpoints.slices': ({ slices, ready, notReady, terminating }) =>
      slices === 0
        ? 'no EndpointSlice'
        : `${ready} ready, ${notReady} not ready${terminating > 0 ? `, ${terminating} shutting down` : ''}`,
    'endpoints.labels': ({ workload, labels }) => `the pods of ${workload} have ${labels || 'no labels'}`,
    'endpoints.workload': ({ workload, wanted }) => `${workload} wants ${count(wanted, 'pod')}`,
    'endpoints.elsewhere': ({ selector, namespaces }) => `${selector} matches pods in ${listed(namespaces)}`,
    'endpoints.finished': ({ pods, phase }) => `${listed(pods, 3)}: ${phase}`,
    'endpoints.terminating': ({ pods, since }) => `${listed(pods, 3)} shutting down for ${since}`,
    'endpoints.workloads': ({ workloads }) => `pods of ${listed(workloads)}`,
    'endpoints.not-listed': ({ pods }) => `ready and in no slice: ${listed(pods, 3)}`,
    'endpoints.slice': ({ slice, ports }) => `EndpointSlice ${slice}: ${ports.length > 0 ? listed(ports) : 'no ports'}`,
    'endpoints.foreign-slice': ({ slice, manager }) =>
      `EndpointSlice ${slice} is made by ${manager ? manager : 'hand'}`,
    'endpoints.unanswered': ({ address, port, failure }) => `${address}:${port}: ${failure}`,
    'endpoints.fallback': ({ count: pods }) => `none is ready; ${count(pods, 'pod')} that shut down still serve`,
    'endpoints.by-hand': ({ addresses }) => `${count(addresses, 'address', 'addresses')} written by hand`,
    'endpoints.external-name': () => 'an alias: what it stands for has the endpoints',
    'endpoints.no-service': () => 'there is no such Service',
  },
};
