import type { ForwardResult } from '../model/cluster.ts';
import { noConsent } from './consent.ts';
import type { Question } from './facts.ts';

const LIMIT_MS = 4000;

/**
 * A connection into a pod through the kubelet: it arrives on the pod's own loopback interface and passes every policy.
 * With `path` an HTTP request is sent, so that a process that hangs shows.
 */
export const forwardedTo = (namespace: string, pod: string, port: number, path?: string): Question<ForwardResult> => ({
  key: `forward ${namespace}/${pod}:${port} ${path ?? ''}`,
  ask: async ({ facts, cluster }) =>
    facts.consent.probe
      ? cluster.forward(
          { namespace, name: pod },
          { port, timeoutMs: LIMIT_MS, ...(path !== undefined && { send: request(path) }) },
        )
      : noConsent(facts.consent),
});

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
