import type { StepCatalogue } from '../catalogue.ts';
import { count, listed, orNone } from './words.ts';

const target = (written: string, numbers: readonly string[]): string =>
  numbers.length === 0 || (numbers.length === 1 && numbers[0] === written)
    ? written
    : `${written} (${numbers.join(' or ')})`;

export const spec: StepCatalogue<'spec'> = {
  findings: {
    'spec/no-such-port': {
      says: ({ asked, has, meant, askedIs, onPods }) =>
        `The Service has no port ${asked}; it has ${orNone(has)}${
          onPods === 'answered' ? '. It is headless, and its pods answer there' : ''
        }${
          meant === undefined || onPods === 'answered'
            ? ''
            : askedIs === 'nodePort'
              ? `. ${asked} is the node port of ${meant}`
              : `. ${asked} is the pods' port behind ${meant}`
        }`,
      why: 'A cluster IP carries only the ports in spec.ports. Others are silent in iptables mode and refused in nftables mode.',
      prove: 'kubectl describe service NAME lists the ports.',
      mend: 'Ask for a port that is listed, or add the port to spec.ports.',
      remedies: {
        'use-port': ({ meant }) => `Let clients ask for port ${meant ?? ''}`,
        'add-port': ({ asked }) => `Let clients ask for a port that is listed, or add ${asked} to spec.ports`,
      },
    },
    'spec/target-port-closed': {
      says: ({ port, targetPort, number, opens, pods, defaulted }) =>
        `targetPort ${targetPort}${targetPort === String(number) ? '' : ` (${number})`} of port ${port} is refused by ${count(pods.length, 'pod')}; ${
          pods.length === 1 ? 'it listens' : 'they listen'
        } on ${listed(opens)}${defaulted ? '. It equals the port, as it does when it is left out' : ''}`,
      why: 'The Service sends requests to a port of the pods on which nothing listens.',
      prove: 'Connect to POD-IP:targetPort and to POD-IP:the other port from inside the cluster.',
      mend: 'Set targetPort to the port on which the process listens.',
      remedies: { 'set-target-port': ({ opens }) => `Set targetPort to the port that answers, ${opens[0] ?? ''}` },
    },
    'spec/target-port-undeclared': {
      says: ({ port, targetPort, declared }) =>
        `targetPort ${targetPort} of port ${port} is declared by no container; declared: ${orNone(declared)}`,
      why: 'Declaring a port is optional, so this may be right. But a wrong targetPort looks like this.',
      prove: 'Connect to POD-IP:targetPort from inside the cluster: a wrong one is refused.',
      mend: 'Set targetPort to the port on which the process listens.',
      remedies: {
        'set-target-port': ({ declared }) => `If the process listens on ${declared[0] ?? ''}, set targetPort to it`,
        compare: () => 'Compare it with the port on which the process listens',
      },
    },
    'spec/target-port-name-missing': {
      says: ({ port, targetPort, declared, pods, digits }) =>
        digits
          ? `targetPort "${targetPort}" of port ${port} stands in quotes: that is a name, and no container can have a port of that name`
          : `No container has a port named ${targetPort}, which port ${port} sends to; ${
              pods === 1 ? 'the pod declares' : `the ${pods} pods declare`
            } ${orNone(declared)}`,
      why: 'A named targetPort is looked up in each pod. Without it the EndpointSlice has addresses and no port, and connections are refused.',
      prove: 'kubectl get endpointslices prints <unset> under PORTS.',
      mend: 'Set targetPort to a name that the containers have, or to the number; or name the container port.',
      remedies: {
        'set-target-port': () => 'Set targetPort to the port that the containers have',
        'name-port': ({ targetPort, digits }) =>
          digits ? 'Write the number without quotes' : `Name the container port ${targetPort} in the pod template`,
      },
    },
    'spec/target-port-name-partly-missing': {
      says: ({ port, targetPort, without, with: having }) =>
        `${count(without.length, 'pod')} of ${without.length + having.length} (${listed(without, 3)}) ${
          without.length === 1 ? 'has' : 'have'
        } no port named ${targetPort}, and ${without.length === 1 ? 'gets' : 'get'} no request for port ${port}`,
      why: 'A named targetPort is looked up in each pod; those that lack the name are left out.',
      prove: 'kubectl get endpointslices shows a second slice whose PORTS is <unset>.',
      mend: 'Give the container port that name in every pod template.',
      remedies: { 'name-port': ({ targetPort }) => `Name the container port ${targetPort} there as well` },
    },
    'spec/protocol-mismatch': {
      says: ({ port, targetPort, protocol, declared }) =>
        `Port ${port} sends ${protocol} to ${targetPort}, which the pods declare as ${declared}`,
      why: 'TCP and UDP ports of the same number are different ports; nothing listens on the one that the Service uses.',
      prove: 'Compare PROTOCOL of the Service port with that of the container port.',
      mend: 'Set the protocol of the Service port. A server that speaks both, such as DNS, needs a port for each.',
      remedies: { 'set-protocol': ({ declared }) => `Set the protocol of the Service port to ${declared}` },
    },
    'spec/family-mismatch': {
      says: ({ families, podFamilies }) =>
        `The Service has an ${listed(families)} address, and its pods have only ${listed(podFamilies)}`,
      why: 'An EndpointSlice holds addresses of one family. For a family that the pods lack it stays empty, and connections are refused.',
      prove: 'kubectl get endpointslices -o wide: the slice of that ADDRESSTYPE is empty.',
      mend: 'Give the Service the family of the pods (ipFamilyPolicy: PreferDualStack adds it), or make the pods dual-stack.',
      remedies: { 'set-families': ({ podFamilies }) => `Give the Service ${listed(podFamilies)} as well` },
    },
    'spec/address-shared': {
      says: ({ address, others }) =>
        `The cluster IP ${address} was given to ${others.length > 0 ? `${listed(others, 3)} as well` : 'another Service as well'}`,
      why: 'A node has one set of rules for an address and port: the one Service takes the requests of the other.',
      prove: 'kubectl get services -A prints the address twice; an event ClusterIPAlreadyAllocated on the Service.',
      mend: 'Create one of the two anew, so that it gets an address of its own.',
      remedies: { recreate: () => 'Save it, delete it and create it anew without clusterIP; its address changes' },
    },
    'spec/address-out-of-range': {
      says: ({ address, ranges }) =>
        `The cluster IP ${address} is in no service range of this cluster${ranges.length > 0 ? ` (${listed(ranges)})` : ''}`,
      why: 'It was given out when the cluster had another range; parts of the network may treat it as foreign.',
      prove: 'kubectl get servicecidrs; an event ClusterIPOutOfRange on the Service.',
      mend: 'Create the Service anew, so that it gets an address of the present range.',
      remedies: { recreate: () => 'Save it, delete it and create it anew without clusterIP; its address changes' },
    },
    'spec/other-proxy': {
      says: ({ label, value }) =>
        `The Service carries the label ${label}${value ? `=${value}` : ''}: kube-proxy passes it over`,
      why: 'A Service with that label is left to another proxy; kube-proxy makes no rules for it.',
      prove: 'kubectl get service NAME --show-labels',
      mend: 'Remove the label, unless the proxy that it names runs on every node.',
      remedies: { 'remove-label': () => 'Remove the label, so that kube-proxy carries the Service' },
    },
    'spec/headless-port-remap': {
      says: ({ port, number, refused }) =>
        refused
          ? `The Service is headless, so port ${port} is dialled on the pods themselves, and they refuse it; they listen on ${number}`
          : `The Service is headless: clients meet the pods' own port ${number}, not ${port}`,
      why: 'The name of a headless Service leads to the pods, and nothing on the way translates port to targetPort.',
      prove: 'Connect to NAME:port and to NAME:targetPort from inside the cluster.',
      mend: "Let clients dial the pods' port, or read SRV records; or give the Service that number as port.",
      remedies: {
        'dial-pod-port': ({ number }) => `Let clients dial ${number}`,
        'set-port': ({ number }) => `Make ${number} the port of the Service as well, so that both numbers agree`,
      },
    },
  },
  observations: {
    'spec.port': ({ port, name, target: written, numbers, pods, of }) => {
      const where =
        of === 0 ? '' : pods === of ? `, on ${of === 1 ? 'its pod' : `all ${of} pods`}` : `, on ${pods} of ${of} pods`;
      return `${port}${name ? ` (${name})` : ''} -> ${target(written, numbers)}${where}`;
    },
    'spec.ports': ({ ports }) => `ports of the Service: ${orNone(ports)}`,
    'spec.declared': ({ pods, ports }) => `${count(pods, 'pod')}, declared ports: ${orNone(ports)}`,
    'spec.undeclared': ({ number }) => `no container declares ${number}, yet it answers`,
    'spec.refused': ({ pod, number }) => `${pod} refuses ${number}`,
    'spec.opens': ({ pod, numbers }) => `${pod} answers on ${listed(numbers)}`,
    'spec.node-port': ({ ports }) => `node ports: ${listed(ports)}`,
    'spec.external-ips': ({ addresses }) => `external IPs: ${listed(addresses)}; they must be routed to a node`,
    'spec.source-ranges': ({ ranges }) => `the load balancer lets in only ${listed(ranges)}`,
    'spec.no-node-ports': () => 'no node ports are allocated; some load balancers need them',
    'spec.publish-not-ready': () => 'pods that are not ready get requests as well (publishNotReadyAddresses)',
    'spec.session-affinity': ({ seconds }) => `a client stays with one pod for ${seconds} s (sessionAffinity ClientIP)`,
    'spec.local-only': ({ nodes }) =>
      `internalTrafficPolicy Local: served are only clients on nodes with a ready pod (${orNone(nodes)})`,
    'spec.topology': ({ preference }) => `clients use the endpoints near them, where there are some (${preference})`,
    'spec.app-protocol': ({ ports }) => `appProtocol, which meshes and gateways believe: ${listed(ports)}`,
    'spec.sctp': ({ ports }) =>
      `${listed(ports)}: not asked; SCTP must be supported by CNI plugin, kernel and firewalls`,
    'spec.families': ({ families, podFamilies }) =>
      `the Service wants ${listed(families)}, its pods have ${listed(podFamilies)}`,
    'spec.label': ({ label, value }) => `label ${label}=${value}`,
    'spec.address-of': ({ address, services }) =>
      services.length > 0 ? `${address} is also that of ${listed(services)}` : `${address} was given out twice`,
    'spec.ranges': ({ ranges }) => `service ranges: ${listed(ranges)}`,
    'spec.external-name': () => 'an alias: what it stands for has the ports',
    'spec.no-service': () => 'there is no such Service',
  },
};
