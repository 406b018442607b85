import type { ParamsOf } from '../../model/finding.ts';
import type { StepCatalogue } from '../catalogue.ts';
import { named, verb } from './podWords.ts';

type Listener = ParamsOf<'pods/silent'>;
type ListenerCode =
  | 'pods/loopback-only'
  | 'pods/port-closed'
  | 'pods/hangs'
  | 'pods/silent'
  | 'pods/no-route'
  | 'pods/reset'
  | 'pods/http-error'
  | 'pods/wrong-protocol'
  | 'pods/mesh-denied'
  | 'pods/slow'
  | 'pods/intermittent';

const at = (p: Listener) => `${p.number} (Service port ${p.port})`;

const tryBeside = () =>
  'Try it from its own node. An answer there means that the network between the nodes loses it; none, that the pod does';

/** What pods do that are reached, or are not, on their own addresses. */
export const podListeners: Pick<StepCatalogue<'pods'>['findings'], ListenerCode> = {
  'pods/loopback-only': {
    says: (p) =>
      `${named(p)} ${verb(p, 'listens', 'listen')} on ${p.number} on the loopback address only: ${verb(p, 'its', 'their')} own address refuses, a port-forward gets through`,
    why: 'A process bound to 127.0.0.1 is reached from inside its pod alone. That is also why port-forward "works".',
    prove:
      'kubectl exec POD -- netstat -ltn (or cat /proc/net/tcp) shows 127.0.0.1 as local address; wget POD-IP:PORT is refused.',
    mend: 'Let the application listen on 0.0.0.0 (or [::]): an option or environment variable such as HOST or --bind.',
    remedies: { 'bind-all': () => 'Let it listen on 0.0.0.0; what it says about its address:' },
  },
  'pods/port-closed': {
    says: (p) => `${named(p)} ${verb(p, 'refuses', 'refuse')} connections on ${at(p)}`,
    why: 'The pod runs, but no process in it listens on that port.',
    prove: 'wget POD-IP:PORT from another pod is refused at once.',
    mend: 'Find out where the application listens (logs, netstat -ltn), then correct the application or the targetPort.',
    remedies: { 'read-logs': () => 'See where the application says that it listens' },
  },
  'pods/hangs': {
    says: (p) =>
      p.opened
        ? `${named(p)} ${verb(p, 'accepts', 'accept')} connections on ${at(p)} and ${verb(p, 'stays', 'stay')} silent`
        : `${named(p)} ${verb(p, 'takes', 'take')} no more connections on ${at(p)}: ${verb(p, 'its process hangs', 'their processes hang')}, and the queue is full`,
    why: 'The process takes connections and answers nothing: locked up, starved, or waiting for something else.',
    prove: 'wget -T 3 POD-IP:PORT opens and times out; through a port-forward as well, so it is not the network.',
    mend: 'Take the pod out of the Service and look at it alive, or restart it. Let the readiness probe ask the port that hangs.',
    remedies: {
      'take-out': () => 'Take it out of the Service; it stays alive for the post-mortem',
      restart: () => 'Restart it (its state is lost)',
      'try-beside': tryBeside,
    },
  },
  'pods/silent': {
    says: (p) => `${named(p)} ${verb(p, 'gives', 'give')} no answer on ${at(p)}`,
    why: 'Packets to the pod, or its replies, are dropped: by a NetworkPolicy, a firewall or the network between nodes.',
    prove: 'wget -T 3 POD-IP:PORT from another pod times out, while the kubelet finds the pod ready.',
    mend: 'Look for policies that select the pod; try from a pod on the same node.',
    remedies: { 'try-beside': tryBeside },
  },
  'pods/no-route': {
    says: (p) => `${named(p)} cannot be reached on ${at(p)}: no route to host`,
    why: 'Nobody has that address any more, or a firewall rejects the packet.',
    prove: 'wget POD-IP:PORT prints "No route to host".',
    mend: 'Compare the endpoints with the pods that exist; look at firewalls of the node.',
    remedies: { 'try-beside': tryBeside },
  },
  'pods/reset': {
    says: (p) => `${named(p)} ${verb(p, 'resets', 'reset')} connections on ${at(p)}`,
    why: 'The connection opens and is torn down: by the application, or because it expects TLS or a mesh.',
    prove: 'wget POD-IP:PORT prints "Connection reset by peer".',
    mend: 'Read the logs; try the other scheme; ask from a client inside the mesh.',
    remedies: { 'read-logs': () => 'See what the application says about the connection' },
  },
  'pods/http-error': {
    says: (p) => `${named(p)} of ${p.of} ${verb(p, 'answers', 'answer')} HTTP ${p.status} on ${p.path} (${p.port})`,
    why: 'The request reaches the application, and the application fails: the Service does its part.',
    prove: 'wget -S -O- POD-IP:PORT/PATH shows the status line.',
    mend: 'Read the logs of the application; nothing of the Service needs a change.',
    remedies: { 'read-logs': () => 'Read what the application says about it' },
  },
  'pods/wrong-protocol': {
    says: (p) =>
      `${named(p)} ${verb(p, 'speaks', 'speak')} ${p.speaks} on ${p.number}, where the Service promises ${p.asked} (${p.port})`,
    why: 'Clients that believe the Service speak another protocol than the process understands.',
    prove: 'curl -v with http:// and with https:// tells which one is understood.',
    mend: 'Give the process its certificate back, or say in the Service (appProtocol, port name) what is spoken.',
    remedies: { 'use-other': () => 'Correct appProtocol and name of the port, if the process is right' },
  },
  'pods/mesh-denied': {
    says: (p) =>
      `The mesh proxy of ${named(p).replace(/^Pod/, 'pod')} refuses the request on ${p.port}: 403, RBAC: access denied`,
    why: 'An AuthorizationPolicy of the mesh admits neither this client nor this path: the application never sees the request.',
    prove: 'curl -v from the client: 403, body "RBAC: access denied", header "server: envoy" or "istio-envoy".',
    mend: 'Admit the client (its service account) or the path in the AuthorizationPolicy. A probe is no client: ask from the pod that suffers.',
    remedies: { 'look-at-rules': () => 'See which rules hold in the namespace' },
  },
  'pods/slow': {
    says: (p) =>
      `${named(p)} ${verb(p, 'answers', 'answer')} on ${p.number} (${p.port}) far slower than the others: ${p.medianMs} ms against ${p.othersMs} ms`,
    why: 'kube-proxy picks a backend without asking how fast it is: one new connection in so many waits that long, and clients with a short limit give up.',
    prove: 'time wget POD-IP:PORT, for this pod and for another one, several times each.',
    mend: 'Compare what sets it apart: its node, its limits (CPU that is throttled), its cache, what it waits for. Restart or take out the pod to stop the harm.',
    remedies: { 'look-at-load': () => 'Compare what they use (needs the metrics server)' },
  },
  'pods/intermittent': {
    says: (p) => `${named(p)} ${verb(p, 'fails', 'fail')} ${p.failures} of ${p.asked} connections on ${at(p)}`,
    why: 'Part of the requests that reach it get no answer.',
    prove: 'wget POD-IP:PORT, many times.',
    mend: 'Look at restarts, limits and logs of that pod.',
    remedies: { 'read-logs': () => 'Read its logs' },
  },
};
