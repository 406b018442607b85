import type { Container, Probe } from './kubernetes.ts';

/** A readiness, liveness or startup probe, with its port as a number. Times in seconds. */
export interface HealthProbe {
  type: 'http' | 'tcp' | 'grpc' | 'exec';
  /** Absent for exec, and where the name of the port is declared by no container. */
  port?: number;
  /** The name by which the probe names its port. */
  portName?: string;
  path?: string;
  scheme?: 'http' | 'https';
  /** Asks this host instead of the pod. */
  host?: string;
  command?: readonly string[];
  initialDelaySeconds: number;
  periodSeconds: number;
  timeoutSeconds: number;
  failureThreshold: number;
}

/** Undefined where the container has no such probe. The times that are missing are Kubernetes' defaults. */
export function healthProbe(container: Container, probe: Probe | undefined): HealthProbe | undefined {
  const action = probe && actionOf(container, probe);
  if (!action) return undefined;
  return {
    ...action,
    initialDelaySeconds: probe.initialDelaySeconds ?? 0,
    periodSeconds: probe.periodSeconds ?? 10,
    timeoutSeconds: probe.timeoutSeconds ?? 1,
    failureThreshold: probe.failureThreshold ?? 3,
  };
}

type Action = Pick<HealthProbe, 'type' | 'port' | 'portName' | 'path' | 'scheme' | 'host' | 'command'>;

function actionOf(container: Container, { httpGet, tcpSocket, grpc, exec }: Probe): Action | undefined {
  if (httpGet) {
    const scheme = httpGet.scheme === 'HTTPS' ? 'https' : 'http';
    const host = httpGet.host ? { host: httpGet.host } : {};
    return { type: 'http', ...portOf(container, httpGet.port), path: httpGet.path || '/', scheme, ...host };
  }
  if (tcpSocket) {
    return { type: 'tcp', ...portOf(container, tcpSocket.port), ...(tcpSocket.host && { host: tcpSocket.host }) };
  }
  if (grpc) return { type: 'grpc', port: grpc.port };
  return exec && { type: 'exec', command: exec.command ?? [] };
}

/** A name is looked up in the container of the probe only. Source: pkg/probe/util.go, ResolveContainerPort. */
function portOf(container: Container, port: number | string): Pick<Action, 'port' | 'portName'> {
  if (typeof port === 'number') return { port };
  const named = container.ports?.find(({ name }) => name === port);
  if (named) return { port: named.containerPort, portName: port };
  return /^\d+$/.test(port) ? { port: Number(port) } : { portName: port };
}
