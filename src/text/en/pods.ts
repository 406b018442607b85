import type { ParamsOf } from '../../model/finding.ts';
import type { StepCatalogue } from '../catalogue.ts';
import { podListeners } from './podListeners.ts';
import { apart, named, verb } from './podWords.ts';

type State = Pick<ParamsOf<'pods/crash-loop'>, 'pods' | 'container'>;

const inContainer = ({ container }: State) => (container ? `, container ${container}` : '');
const colon = (message: string) => (message ? `: ${message}` : '');

export const pods: StepCatalogue<'pods'> = {
  findings: {
    'pods/crash-loop': {
      says: (p) =>
        `${named(p)} ${verb(p, 'crashes', 'crash')} again and again${inContainer(p)}: ${p.reason} (exit code ${p.exitCode}), ${p.restarts} restarts${p.lastLine ? `; last words: ${p.lastLine}` : ''}`,
      why: 'A pod whose container is not running is not ready, and a pod that is not ready gets no request.',
      prove:
        'kubectl get pods shows CrashLoopBackOff or a growing restart count; kubectl logs --previous shows the last words.',
      mend: 'Read the last lines before the crash. Exit code 137 with OOMKilled wants more memory, 127 a command that exists, 1 is the application itself.',
      remedies: {
        'read-logs': () => 'Read what it said before it died',
        'undo-rollout': () => 'Go back to the revision before (it restarts all pods of the workload)',
        'raise-memory': () => 'Give the container more memory (it restarts all pods of the workload)',
      },
    },
    'pods/image-pull': {
      says: (p) => `${named(p)} cannot get the image ${p.image} (${p.reason})${colon(p.message)}`,
      why: 'Without its image the container never starts, and the pod never becomes ready.',
      prove: 'kubectl describe pod shows the answer of the registry.',
      mend: 'Correct the name or tag, add the pull secret, or make the registry reachable.',
      remedies: {
        'fix-image': () => 'Set an image that exists',
        'undo-rollout': () => 'Go back to the revision before',
      },
    },
    'pods/config-error': {
      says: (p) => `${named(p)} cannot be started (${p.reason})${inContainer(p)}${colon(p.message)}`,
      why: 'The kubelet cannot build the container: something that it refers to is missing or wrong.',
      prove: 'kubectl describe pod names the missing ConfigMap, Secret, key or command.',
      mend: 'Create what is missing or correct the reference; the kubelet tries again by itself.',
      remedies: { 'fix-config': () => 'See which object or key is missing, then create it' },
    },
    'pods/unschedulable': {
      says: (p) => `${named(p)} ${verb(p, 'fits', 'fit')} on no node${colon(p.message)}`,
      why: 'A pod that no node takes never starts.',
      prove: 'kubectl describe pod: the last FailedScheduling event counts the nodes and their reasons.',
      mend: 'Lower the requests, add nodes, or correct nodeSelector, affinity, tolerations or the volume claim.',
      remedies: { describe: () => 'Read the reasons, node by node' },
    },
    'pods/init-blocked': {
      says: (p) =>
        `${named(p)} ${verb(p, 'waits', 'wait')} for init container ${p.container} (${p.reason})${p.lastLine ? `; it says: ${p.lastLine}` : ''}`,
      why: 'The containers that answer start only after every init container has ended well.',
      prove: 'kubectl get pods shows Init:0/1 or Init:CrashLoopBackOff; kubectl logs -c shows what it waits for.',
      mend: 'Mend what the init container waits for. Often it is another Service: walk that one.',
      remedies: { 'read-init-logs': () => 'See what the init container waits for' },
    },
    'pods/sandbox-failed': {
      says: (p) => `${named(p)} ${verb(p, 'gets', 'get')} no network${colon(p.message)}`,
      why: 'The network plugin could not set up the pod, so that it has no address.',
      prove: 'kubectl describe pod shows FailedCreatePodSandBox events.',
      mend: 'Look at the pods and logs of the network plugin on that node; check that its address pool is not used up.',
      remedies: { describe: () => 'Read the words of the network plugin' },
    },
    'pods/evicted': {
      says: (p) => `${named(p)} ${verb(p, 'was', 'were')} evicted${colon(p.message)}`,
      why: 'An evicted pod is gone for good; only its controller can make a new one.',
      prove: 'kubectl get pods shows Evicted.',
      mend: 'Free the resource that the node ran short of; set requests that tell the truth.',
      remedies: { describe: () => 'Read which resource ran short' },
    },
    'pods/node-down': {
      says: (p) =>
        p.exists
          ? `${named(p)} ${verb(p, 'is', 'are')} on node ${p.node}, which is not ready${colon(p.message)}`
          : `${named(p)} ${verb(p, 'is', 'are')} bound to node ${p.node}, which does not exist: nobody starts ${verb(p, 'it', 'them')}`,
      why: 'Pods of a node that is down do not answer, and are marked not ready after a while.',
      prove: 'kubectl get nodes shows NotReady.',
      mend: 'Bring the node back, or delete its pods with --force once you know that it is gone. A nodeName in the template must be that of a node.',
      remedies: {
        'look-at-node': (p) =>
          p.exists ? 'See why the node is not ready' : 'Correct spec.nodeName; the nodes that there are',
      },
    },
    'pods/create-failed': {
      says: (p) => `${p.workload} cannot create its pods${colon(p.message)}`,
      why: 'No pod, no endpoint.',
      prove: 'kubectl describe replicaset shows FailedCreate events.',
      mend: 'Raise the quota, or make the pods what the admission rule wants.',
      remedies: { describe: () => 'Read why the pods are refused' },
    },
    'pods/not-ready': {
      says: (p) =>
        `${named(p)} ${verb(p, 'is', 'are')} not ready${p.culprit ? `, because its container ${p.culprit} is not` : ''}: ${p.probe}${colon(p.message)}`,
      why: 'Only ready pods get requests: a readiness probe that fails takes the pod out of the Service.',
      prove: 'kubectl describe pod: the Unhealthy event quotes the answer to the probe.',
      mend: 'If the probe asks the wrong port or path, correct the probe; if it asks rightly, mend the application.',
      remedies: {
        'fix-probe': () => 'Correct port or path of the readiness probe (it restarts all pods of the workload)',
        'read-logs': () => 'See why the application says that it is not ready',
      },
    },
    'pods/readiness-gate': {
      says: (p) => `${named(p)} ${verb(p, 'waits', 'wait')} for readiness gate ${p.gate}`,
      why: 'Besides its probes the pod needs a condition that some controller sets, and it did not.',
      prove: 'kubectl get pod -o yaml: spec.readinessGates against status.conditions.',
      mend: 'Look at the controller that sets the gate: a load-balancer or rollout controller as a rule.',
      remedies: { describe: () => 'See which condition is missing' },
    },
    'pods/starting': {
      says: (p) => `${named(p)} ${verb(p, 'is', 'are')} still starting${colon(p.message)}`,
      why: 'A pod gets requests once it is ready.',
      prove: 'kubectl get pods -w.',
      mend: 'Wait; if it takes too long, look at its events and its startup probe.',
      remedies: { wait: () => 'Watch it become ready' },
    },
    ...podListeners,
  },
  observations: {
    'pods.no-service': () => 'there is no Service to ask',
    'pods.state': ({ ready, selected, restarts }) =>
      `${ready} of ${selected} ready${restarts > 0 ? `, ${restarts} restarts` : ''}`,
    'pods.finished': ({ count }) => `${count} finished, not counted`,
    'pods.answered': ({ number, answered, asked, medianMs }) =>
      `${answered} of ${asked} answer on ${number}, ${medianMs} ms`,
    'pods.backend': ({ pod, number, answered, asked, medianMs, slowestMs }) =>
      `${pod}:${number} ${answered} of ${asked}, median ${medianMs} ms, slowest ${slowestMs} ms`,
    'pods.failed': ({ pod, number, failures, asked, failure }) => `${pod}:${number} ${failures} of ${asked} ${failure}`,
    'pods.forwarded': ({ pod, number, outcome }) => `port-forward to ${pod}:${number}: ${outcome}`,
    'pods.log': ({ pod, line }) => `${pod} says: ${line}`,
    'pods.event': ({ pod, message }) => `${pod}: ${message}`,
    'pods.waiting': ({ pod, reason, message }) => `${pod} waits: ${reason}${colon(message)}`,
    'pods.waits-for': ({ container, service, missing }) =>
      `init container ${container} asks for Service ${service}${missing ? ', which does not exist' : ', which is there: look whether that one answers'}`,
    'pods.terminated': ({ pod, container, exitCode, reason }) =>
      `${pod}/${container} ended: ${reason}, exit code ${exitCode}`,
    'pods.ready-because': ({ pod, number, probe }) =>
      probe
        ? `${pod} is Ready because its readiness probe asks something else (${probe}), not ${number}`
        : `${pod} is Ready because it has no readiness probe: nothing asks whether it answers`,
    'pods.restarted': ({ pod, restarts, ago }) => `${pod} was restarted ${restarts} times, the last ${ago} ago`,
    'pods.apart': apart,
    'pods.host-network': ({ count }) =>
      `${count} on the network of ${count === 1 ? 'its node' : 'their nodes'}: firewalls of the node hold, NetworkPolicies may not`,
    'pods.sampled': ({ asked, of }) => `${asked} of ${of} backends asked`,
    'pods.none': () => 'no pods to ask',
    'pods.external-name': () => 'ExternalName: no pods stand behind it',
  },
};
