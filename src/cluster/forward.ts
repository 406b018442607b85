import type { ForwardQuery, ForwardResult, PodRef } from '../model/cluster.ts';
import { type Fact, known, unknown } from '../model/fact.ts';
import { type Ask, accessTo, pathOf } from './ask.ts';
import { type Conversation, converse } from './channels.ts';
import { isNotRunning } from './podTrouble.ts';
import { redact } from './redact.ts';
import type { Transport } from './transport.ts';

const PROTOCOLS = ['v4.channel.k8s.io'];
const CHANNEL = { data: 0, error: 1 } as const;
const MAX_BYTES = 4 << 10;
/** After the first byte: for what the pod sends in the same breath. */
const MORE_MS = 50;

function forwardAsk(pod: PodRef, port: number): Ask {
  const place = { group: '', version: 'v1', plural: 'pods', ...pod, subresource: 'portforward' };
  return { method: 'GET', acts: true, path: pathOf(place), query: { ports: port }, access: accessTo('get', place) };
}

/** What the kubelet or the runtime wrote instead of a connection. */
function troubled(message: string): Fact<ForwardResult> {
  if (isNotRunning(message)) return unknown({ kind: 'no-probe', reason: 'not-running', message });
  const outcome = /connection refused/i.test(message) ? 'refused' : 'failed';
  return known({ outcome, received: '', message });
}

function conversation({ send }: ForwardQuery): Conversation<Fact<ForwardResult>> {
  const introduced = new Set<number>();
  let received = Buffer.alloc(0);
  let more: NodeJS.Timeout | undefined;

  const answered = (): Fact<ForwardResult> => {
    clearTimeout(more);
    return known({ outcome: 'answered', received: received.toString('utf8') });
  };
  return {
    opened: (channels) => {
      if (send !== undefined) channels.send(CHANNEL.data, send);
    },
    heard: (channel, payload, channels) => {
      const first = !introduced.has(channel);
      introduced.add(channel);
      if (first || payload.length === 0) return; // the first frame of a channel holds the port
      if (channel === CHANNEL.error)
        channels.end(received.length > 0 ? answered() : troubled(redact(payload.toString('utf8'))));
      if (channel !== CHANNEL.data) return;
      received = Buffer.concat([received, payload]).subarray(0, MAX_BYTES);
      more ??= setTimeout(() => channels.end(answered()), MORE_MS);
      if (received.length === MAX_BYTES) channels.end(answered());
    },
    lost: (code) => {
      if (received.length > 0) return answered();
      if (code !== 1006) return known({ outcome: 'closed', received: '' });
      return unknown({ kind: 'no-probe', reason: 'lost', message: 'the port-forward broke off' });
    },
    expired: () => (received.length > 0 ? answered() : known({ outcome: 'silent', received: '' })),
  };
}

/**
 * Opens one connection to a port on the loopback interface of a pod. It comes in through the kubelet: no DNS, Service,
 * NetworkPolicy or pod network is on its way. A port that opens and stays silent is seen only when the limit is reached.
 */
export const forwardToPod = (
  transport: Transport,
  pod: PodRef,
  query: ForwardQuery,
  signals: readonly AbortSignal[],
): Promise<Fact<ForwardResult>> =>
  converse(transport, forwardAsk(pod, query.port), PROTOCOLS, { timeoutMs: query.timeoutMs, signals }, () =>
    conversation(query),
  );
