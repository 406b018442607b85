import type { StepCatalogue } from '../catalogue.ts';
import { listed, orNone } from './words.ts';

const wanted = (referrers: readonly string[]) => (referrers.length > 0 ? `. ${listed(referrers)} refers to it` : '');

export const exists: StepCatalogue<'exists'> = {
  findings: {
    'exists/no-namespace': {
      says: ({ namespace, service, near, elsewhere }) => {
        const hint =
          elsewhere.length > 0
            ? `; ${service} is in ${listed(elsewhere)}`
            : near.length > 0
              ? `; near names: ${listed(near)}`
              : '';
        return `There is no namespace ${namespace} in this cluster${hint}`;
      },
      why: 'A Service lives in a namespace; one that is not there holds none. It may be another cluster than the one you mean.',
      prove: 'kubectl get namespaces; kubectl config current-context tells which cluster is asked.',
      mend: 'Name the right namespace with -n, or switch to the right context.',
      remedies: {
        'use-namespace': () => 'Look in the namespace that was probably meant',
        list: () => 'See which namespaces there are, and whether this is the cluster you mean',
      },
    },
    'exists/no-service': {
      says: ({ service, namespace, workload, elsewhere, referrers }) =>
        `There is no Service ${service} in namespace ${namespace}${
          workload ? `, though there is ${workload}: nothing exposes it` : ''
        }${elsewhere.length > 0 ? ` (namespaces that have one: ${listed(elsewhere)})` : ''}${wanted(referrers)}`,
      why: 'Without a Service there is neither a name in DNS nor a cluster IP for it.',
      prove: 'kubectl get service NAME answers NotFound.',
      mend: 'Create it: kubectl expose makes a Service for a Deployment; otherwise apply its manifest again.',
      remedies: {
        expose: ({ workload }) => `Create it for ${workload}; check the ports first`,
        list: () => 'See which Services there are, and apply the missing manifest',
      },
    },
    'exists/misspelled': {
      says: ({ service, namespace, near, workload, referrers }) =>
        `There is no Service ${service} in namespace ${namespace}; ${
          workload && !near.includes(service)
            ? `${workload} is there, and the nearest Service is `
            : 'the nearest name is '
        }${listed(near)}${wanted(referrers)}`,
      why: 'DNS knows a Service by its exact name, so every other spelling does not resolve.',
      prove: 'kubectl get services shows the names that exist.',
      mend: 'Use the name that exists, or create a Service of the name that clients use.',
      remedies: {
        'use-name': ({ near }) => `Is it ${listed(near)} that you mean? Correct the name where clients use it`,
      },
    },
    'exists/in-other-namespace': {
      says: ({ service, namespace, elsewhere, referrers }) =>
        `There is no Service ${service} in namespace ${namespace}, but in ${listed(elsewhere)}${wanted(referrers)}`,
      why: 'A short name resolves only in the namespace of the client. From another one it takes NAME.NAMESPACE.',
      prove: 'kubectl get services -A --field-selector metadata.name=NAME',
      mend: 'Let clients ask for NAME.NAMESPACE, or move client or Service into one namespace.',
      remedies: {
        'use-namespace': ({ service, elsewhere }) =>
          `Clients in other namespaces ask for ${service}.${elsewhere[0] ?? 'NAMESPACE'}; look at the one that exists`,
      },
    },
    'exists/being-deleted': {
      says: ({ service, since, finalizers }) =>
        `Service ${service} is being deleted, since ${since} ago${
          finalizers.length > 0 ? `; it waits for ${listed(finalizers)}` : ''
        }`,
      why: 'A Service that is being deleted goes as soon as its finalizers are done; its endpoints may be gone already.',
      prove: 'kubectl get service NAME -o yaml shows deletionTimestamp and finalizers.',
      mend: 'Find out why the controller that owns the finalizer does not finish (events DeletingLoadBalancer). Create the Service anew afterwards.',
      remedies: {
        'look-at-finalizers': () => 'See in the events why the controller behind the finalizer does not finish',
        wait: () => 'Wait until it is gone, then create it anew',
      },
    },
    'exists/namespace-terminating': {
      says: ({ namespace, since, detail }) =>
        `Namespace ${namespace} is being deleted, since ${since} ago${detail ? `: ${detail}` : ''}`,
      why: 'Everything in it is deleted, and nothing new can be created in it.',
      prove: 'kubectl get namespace NAME prints Terminating.',
      mend: 'Move to another namespace. What holds it up stands in status.conditions of the namespace.',
      remedies: { look: () => 'See what still holds the namespace' },
    },
    'exists/dangling-reference': {
      says: ({ by, where, names, instead }) =>
        `${by} asks for ${names} (${where}), which is not there${instead.length > 0 ? `; there is ${listed(instead)}` : ''}`,
      why: 'Who asks for a name or a port that no Service has gets nothing, however well the Service works.',
      prove: 'Compare the name and port in that object with kubectl get services.',
      mend: 'Correct the name or port there.',
      remedies: {
        correct: ({ place, instead }) =>
          place.startsWith('Pod/')
            ? `Make ${place} anew with ${orNone(instead)}; what a running pod is told cannot be changed`
            : `Correct it in ${place}: ${orNone(instead)}`,
      },
    },
    'exists/no-member-names': {
      says: ({ name, service, subdomain, exists, workload }) =>
        `There is no name ${name}: the pods of ${workload} have names under ${subdomain}, which is their serviceName, not under ${service}${
          exists ? '' : `; and there is no Service ${subdomain}`
        }`,
      why: 'A pod of a StatefulSet is known as POD.SERVICE only where SERVICE is the one that serviceName names. Another Service that selects it, headless or not, gives it no name.',
      prove:
        'nslookup POD.SERVICE from a client: NXDOMAIN; kubectl get statefulset -o wide and jsonpath={.spec.serviceName} name the other.',
      mend: 'Let clients ask for names under the Service of serviceName, and see that it exists and is headless; or make the StatefulSet anew with the right serviceName.',
      remedies: {
        'use-governing': ({ subdomain, exists }) =>
          exists
            ? `Let clients ask for names under ${subdomain}`
            : `Make a headless Service ${subdomain} with the same selector, and let clients ask for names under it`,
        'make-anew': ({ workload, service }) =>
          `Make ${workload} anew with serviceName ${service}: that field cannot be changed (delete with --cascade=orphan keeps its pods)`,
      },
    },
    'exists/client-proxy': {
      says: ({ pod, container, variable, hosts, direct }) =>
        `${pod} (container ${container}) sends HTTP requests for ${listed(hosts)} to a proxy: ${variable} is set, and NO_PROXY ${
          direct.length > 0 ? `does not name ${hosts.length === 1 ? 'it' : 'them'}` : 'is not'
        }`,
      why: 'A proxy outside the cluster knows no Services: it answers 502, 403 or nothing, however well the Service works. The probe asks without it.',
      prove: 'In the client: curl -v NAME shows the address of the proxy; curl --noproxy "*" NAME goes directly.',
      mend: 'Name the Service in NO_PROXY, or its domain: .svc and .cluster.local for full names, each short name as it is written.',
      remedies: { 'set-no-proxy': () => 'Except these names from the proxy; the pods are replaced' },
    },
    'exists/route-unresolved': {
      says: ({ by, reason, message }) =>
        `${by} leads here, and its gateway does not take its backends (${reason})${message ? `: ${message}` : ''}`,
      why: 'Requests that come by that route are answered with 500 or 503, however well the Service works.',
      prove: 'kubectl describe httproute NAME: condition ResolvedRefs.',
      mend: 'Correct the backend of the route; where it lies in another namespace, a ReferenceGrant there must allow it.',
      remedies: { 'look-at-route': () => 'Read what the gateway says of the route' },
    },
  },
  observations: {
    'exists.found': ({ type, age }) => `${type}, created ${age} ago`,
    'exists.headless': () => 'headless: clients get the addresses of its pods',
    'exists.external-name': ({ externalName, walked }) =>
      `an alias for ${externalName}; over HTTP and TLS clients still name the Service (Host, SNI)${
        walked === undefined ? '' : `. That is ${walked}, which the steps after dns look at`
      }`,
    'exists.younger-than-pods': ({ age }) =>
      `created ${age} ago, after its pods: clients may still hold an address that an earlier one had`,
    'exists.younger-than-client': ({ pod, age }) =>
      `created ${age} ago, after ${pod}: its variables for Services are older, and so may be addresses that it holds`,
    'exists.subdomain': ({ pod, subdomain }) => `${pod} has subdomain ${subdomain}`,
    'exists.through-proxy': ({ url, status, words }) =>
      `${url} by way of that proxy: ${status === 0 ? words || 'no answer' : `HTTP ${status}`}`,
    'exists.client-proxy': ({ variable, direct }) => `${variable} is set; NO_PROXY: ${orNone(direct)}`,
    'exists.route-status': ({ by, reason, message }) => `${by}: ${reason}${message ? `, ${message}` : ''}`,
    'exists.not-found': ({ service, namespace }) => `no Service ${service} in ${namespace}`,
    'exists.others': ({ namespace, services, more }) =>
      services.length === 0
        ? `no Service at all in ${namespace}`
        : `Services in ${namespace}: ${listed(services)}${more > 0 ? ` and ${more} more` : ''}`,
    'exists.elsewhere': ({ service, namespaces }) => `${service} exists in ${listed(namespaces)}`,
    'exists.workload': ({ workload, ports }) =>
      `${workload} is there${ports.length > 0 ? `, its containers declare ${listed(ports)}` : ', its containers declare no port'}`,
    'exists.selects': ({ service, workload }) => `Service ${service} selects the pods of ${workload}`,
    'exists.refers': ({ by, where, names }) => `${by} refers to ${names} in ${where}`,
    'exists.namespaces': ({ namespace, near }) =>
      `no namespace ${namespace}${near.length > 0 ? `; near names: ${listed(near)}` : ''}`,
  },
};
