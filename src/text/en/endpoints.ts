import type { StepCatalogue } from '../catalogue.ts';
import { sliceFindings } from './endpointSlices.ts';
import { count, listed } from './words.ts';

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
    'endpoints/node-gone': {
      says: ({ pods, nodes }) =>
        `${pods.length === 1 ? 'Pod' : 'Pods'} ${listed(pods, 3)} ${pods.length === 1 ? 'is' : 'are'} ready and left out: there is no node ${listed(nodes, 3)} any more`,
      why: 'The controller that makes the EndpointSlices takes no pod whose Node object is gone.',
      prove: 'kubectl get nodes does not list the node that kubectl get pods -o wide prints.',
      mend: 'Delete the pods, so that they are made anew elsewhere; or let the node register again.',
      remedies: { 'delete-pods': () => 'Delete them; their controller makes new ones on nodes that exist' },
    },
    ...sliceFindings,
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
    'endpoints.over-capacity': ({ listed: number, mirrored }) =>
      mirrored
        ? `${number} addresses: no more than 1000 are copied from an Endpoints object`
        : `${number} addresses: who reads Endpoints instead of EndpointSlices sees the first 1000`,
    'endpoints.by-hand': ({ addresses }) => `${count(addresses, 'address', 'addresses')} written by hand`,
    'endpoints.external-name': () => 'an alias: what it stands for has the endpoints',
    'endpoints.no-service': () => 'there is no such Service',
  },
};
