/** Questions about how the Service is defined that the first answers leave open. */
import type { Backend } from '../model/backends.ts';
import type { Pod, Service, ServicePort } from '../model/kubernetes.ts';
import { declaredPorts, findServicePorts, portKey } from '../model/ports.ts';
import type { ProbeQuestion } from '../model/probe.ts';
import type { Target } from '../model/target.ts';
import { isTcp } from './backends.ts';

/** Backends that are asked: they are alike, where the definition is at fault. */
const MOST = 2;

export const specFollowUps = (
  target: Target,
  service: Service | undefined,
  ports: readonly ServicePort[],
  backends: readonly Backend[],
  pods: readonly Pod[],
): ProbeQuestion[] => {
  const ready = backends.filter((backend) => backend.ready).slice(0, MOST);
  return [
    ...unlisted(target, service, ready),
    ...ports.flatMap((port) => [...asDialled(service, port, ready), ...overTcp(port, ready, pods)]),
  ];
};

/** Nothing carries the ports of a headless Service, so that its pods may well answer on one that it does not list. */
function unlisted(
  { port: asked }: Target,
  service: Service | undefined,
  backends: readonly Backend[],
): ProbeQuestion[] {
  if (!service || !mayAnswerUnlisted(service, asked)) return [];
  return backends.map(({ address }) => ({ ask: 'connect', address, port: Number(asked), tries: 1 }));
}

/** Whether the number asked for is a port that a headless Service does not list. */
export const mayAnswerUnlisted = (service: Service, asked: string | undefined): asked is string =>
  service.spec?.clusterIP === 'None' &&
  asked !== undefined &&
  /^\d+$/.test(asked) &&
  findServicePorts(service, asked).length === 0;

/** Clients of a headless Service dial its port on the pods themselves, where it may be another than theirs. */
function asDialled(service: Service | undefined, port: ServicePort, backends: readonly Backend[]): ProbeQuestion[] {
  if (service?.spec?.clusterIP !== 'None' || !isTcp(port)) return [];
  return backends
    .filter(({ ports }) => ports[portKey(port)] !== undefined && ports[portKey(port)] !== port.port)
    .map(({ address }) => ({ ask: 'connect', address, port: port.port, tries: 1 }));
}

/** A UDP or SCTP port of the Service, which the pods declare for TCP: whether they speak that is easily heard. */
function overTcp(port: ServicePort, backends: readonly Backend[], pods: readonly Pod[]): ProbeQuestion[] {
  if (isTcp(port)) return [];
  return backends.flatMap(({ name, address, ports }): ProbeQuestion[] => {
    const number = ports[portKey(port)];
    const pod = pods.find(({ metadata }) => metadata?.name === name);
    const declared = pod ? declaredPorts(pod).filter(({ containerPort }) => containerPort === number) : [];
    const onlyTcp = declared.length > 0 && declared.every(({ protocol }) => protocol === 'TCP');
    return number !== undefined && onlyTcp ? [{ ask: 'connect', address, port: number, tries: 1 }] : [];
  });
}
