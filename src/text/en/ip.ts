import type { Observations, ParamsOf } from '../../model/finding.ts';
import type { StepCatalogue } from '../catalogue.ts';

type FailedAddress = ParamsOf<'ip/silent'>;
type SampledAddress = Observations['ip.answered'];

const of = ({ asked, failures }: FailedAddress) => (failures === asked ? `all ${asked}` : `${failures} of ${asked}`);
const target = ({ address, port }: FailedAddress) => `${address} port ${port}`;
const words: Record<string, string> = {
  refused: 'were refused',
  silent: 'got no answer',
  reset: 'were reset',
  hangs: 'opened and then stayed silent',
  'no-route': 'met "no route to host"',
};
const prove =
  'wget -T 3 -O- the cluster IP and port from a pod, several times; compare with each pod IP and targetPort.';
const FORMS = {
  refused: {
    why: 'A refusal comes from a host that answers: kube-proxy when there is no ready endpoint, or a pod on whose port nothing listens.',
    mend: 'Look at the endpoints first, then ask each pod on its own address.',
  },
  silent: {
    why: 'A packet that gets no answer was dropped: by a NetworkPolicy, by a node without rules for this Service, or on the way to the pod.',
    mend: 'Ask the pods on their own addresses: if they answer, the proxy rules are at fault; if not, a policy or the pod network.',
  },
};
const failed = (says: (params: FailedAddress) => string, { why, mend }: { why: string; mend: string }) => ({
  says,
  why,
  prove,
  mend,
  remedies: {},
});
const timing = ({ medianMs, slowestMs }: SampledAddress) => `${medianMs} ms, slowest ${slowestMs} ms`;

export const ip: StepCatalogue<'ip'> = {
  findings: {
    'ip/refused': failed((p) => `${target(p)} refuses connections (${of(p)})`, FORMS.refused),
    'ip/silent': failed((p) => `${target(p)} gives no answer (${of(p)})`, FORMS.silent),
    'ip/reset': failed((p) => `${target(p)} resets connections (${of(p)})`, {
      why: 'The connection opened and was then torn down: by the application, by TLS that met plain text, or by a mesh sidecar.',
      mend: 'Read the logs of the pods; check which protocol the port speaks.',
    }),
    'ip/hangs': failed((p) => `${target(p)} accepts connections and then stays silent (${of(p)})`, {
      why: 'The process behind it takes the connection and never answers the request.',
      mend: 'Ask each pod on its own address to find the one that hangs.',
    }),
    'ip/no-route': failed((p) => `${target(p)} cannot be reached: no route to host (${of(p)})`, {
      why: 'A firewall rejects the packet, or the address behind the Service does not exist.',
      mend: 'Compare the endpoints with the pods that exist; look for firewall rules on the nodes.',
    }),
    'ip/intermittent': failed(
      (p) => `${p.failures} of ${p.asked} connections to ${target(p)} ${words[p.failure] ?? 'failed'}`,
      {
        why: 'New connections are spread over the endpoints at random: a part of them goes to one that does not answer.',
        mend: 'Ask each pod on its own address; take the bad one out of the Service.',
      },
    ),
    'ip/http-error': {
      says: ({ port, status, failures, asked }) => `${port} answers with HTTP ${status} (${failures} of ${asked})`,
      why: 'The request reached the application: the Service works, the application reports an error of its own.',
      prove: 'wget -S -O- the URL from a pod: the status line shows it.',
      mend: 'Read the logs of the application. Nothing of the Service needs a change.',
      remedies: { 'read-logs': () => 'Read the logs of the application' },
    },
    'ip/no-local-endpoint': {
      says: ({ port, node, nodes }) =>
        `internalTrafficPolicy is Local and node ${node} has no ready endpoint for ${port} (they are on ${nodes.join(', ')})`,
      why: 'With that policy a node drops what its pods send to the cluster IP unless an endpoint runs on the same node.',
      prove:
        'kubectl get endpointslices -o wide shows the nodes of the endpoints; from a pod on one of them the Service answers.',
      mend: 'Set internalTrafficPolicy to Cluster, or run a backend on every node (DaemonSet).',
      remedies: { 'cluster-policy': () => 'Let every node use every endpoint' },
    },
    'ip/node-port-no-local-endpoint': {
      says: ({ nodes }) =>
        `externalTrafficPolicy is Local and nodes without an endpoint drop node port traffic: ${nodes.join(', ')}`,
      why: 'With that policy a node serves its node port only from endpoints of its own.',
      prove: 'curl the node port on each node: those without endpoint are silent.',
      mend: 'Let the load balancer check healthCheckNodePort, or set externalTrafficPolicy to Cluster (the client address is lost).',
      remedies: {
        'cluster-policy': () => 'Let every node use every endpoint; the client address is then hidden from the pods',
      },
    },
    'ip/load-balancer-pending': {
      says: ({ type, message }) =>
        `The load balancer has no address yet${type ? ` (class ${type})` : ''}${message ? `: ${message}` : ''}`,
      why: 'No controller gave it one: clients from outside cannot reach it. Inside the cluster it does not matter.',
      prove: 'kubectl get service shows EXTERNAL-IP <pending>.',
      mend: 'Read the events of the Service; install or mend the load-balancer controller of this cluster.',
      remedies: { 'look-at-events': () => 'Read the events of the Service: its controller says what it lacks' },
    },
    'ip/node-port-fails': {
      says: ({ port, nodePort, addresses, failure }) =>
        `Node port ${nodePort} (${port}) ${failure === 'refused' ? 'is refused' : 'gives no answer'} on ${addresses.join(' and ')}, while the cluster IP answers`,
      why: 'Clients and load balancers outside the cluster come in by the node port.',
      prove: 'curl NODE-ADDRESS:NODE-PORT from a pod and from outside; the cluster IP answers beside it.',
      mend: 'Refused: kube-proxy serves node ports on chosen addresses only (nodePortAddresses; in nftables mode the primary one). Silent: a firewall or security group; open 30000-32767 between nodes.',
      remedies: { 'look-at-config': () => 'See on which addresses node ports are served (nodePortAddresses)' },
    },
    'ip/slow': {
      says: ({ port, medianMs, slowestMs }) => `${port} answers slowly: ${medianMs} ms, slowest ${slowestMs} ms`,
      why: 'Clients with short time limits give up.',
      prove: 'time wget -O- the cluster IP, several times.',
      mend: 'Compare the pods: one may be far slower than its peers.',
      remedies: {},
    },
  },
  observations: {
    'ip.no-service': () => 'there is no Service to ask',
    'ip.answered': (p) => `${p.port}: ${p.answered} of ${p.asked} answered, ${timing(p)}`,
    'ip.opened': (p) => `${p.port}: ${p.answered} of ${p.asked} connections opened, ${timing(p)}`,
    'ip.failed': (p) =>
      `${p.port}: ${p.answered} of ${p.asked} answered, ${p.failures} ${words[p.failure] ?? 'failed'} (${p.address})`,
    'ip.headless': () => 'headless: it has no cluster IP, clients dial the pods',
    'ip.external-name': () => 'ExternalName: it has no cluster IP, the name leads elsewhere',
    'ip.udp-not-asked': ({ port }) =>
      port.endsWith('/UDP') ? `${port}: not asked, silence over UDP proves nothing` : `${port}: not asked, only TCP is`,
    'ip.redirects': ({ port, location }) => `${port} leads on to ${location}: clients that follow leave the Service`,
    'ip.node-port': ({ address, nodePort, failures, asked, failure }) =>
      `${address}:${nodePort}: ${failures} of ${asked} ${words[failure] ?? 'failed'}`,
    'ip.event': ({ reason, message }) => `${reason}: ${message}`,
    'ip.from': ({ from, port, answered, asked }) => `${port}: ${answered} of ${asked} from ${from}`,
    'ip.local-endpoints': ({ node, nodes }) => `ready endpoints on ${nodes.join(', ')}, none on ${node}`,
  },
};
