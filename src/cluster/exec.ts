import type { ExecQuery, ExecResult, PodRef } from '../model/cluster.ts';
import { type Fact, known, type Unknown, unknown } from '../model/fact.ts';
import { type Ask, accessTo, pathOf } from './ask.ts';
import { type Channels, type Conversation, converse } from './channels.ts';
import type { Status } from './obstacles.ts';
import { isNoBinary, noBinary, podObstacle } from './podTrouble.ts';
import { redact } from './redact.ts';
import type { Transport } from './transport.ts';

/** v5 (Kubernetes 1.30) can close stdin; under v4 a program waits for more of it until its time is up. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
const MAX_BYTES = 1 << 20;
const STDIN_FRAME = 16 << 10;

function execAsk(pod: PodRef, { container, argv, stdin }: ExecQuery): Ask {
  const place = { group: '', version: 'v1', plural: 'pods', ...pod, subresource: 'exec' };
  return {
    method: 'GET',
    acts: true,
    path: pathOf(place),
    query: {
      container,
      stdin: String(stdin !== undefined),
      stdout: 'true',
      stderr: 'true',
      tty: 'false',
      command: argv,
    },
    access: accessTo('get', place),
  };
}

function sendStdin(channels: Channels<unknown>, stdin: string) {
  const bytes = Buffer.from(stdin);
  for (let at = 0; at < bytes.length; at += STDIN_FRAME) {
    channels.send(CHANNEL.stdin, bytes.subarray(at, at + STDIN_FRAME));
  }
  if (channels.protocol.startsWith('v5.')) channels.send(CHANNEL.close, Buffer.of(CHANNEL.stdin));
}

/** Unlike the Status of an HTTP reply it has no `kind`: kubelet, `remotecommand.v4WriteStatusFunc`. */
function exitStatusOf(text: string): Status | undefined {
  try {
    const value = JSON.parse(text) as Status | null;
    return typeof value?.status === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The program's exit code, or undefined when it did not come to run. */
function exitCodeOf({ status, reason, details }: Status): number | undefined {
  if (status === 'Success') return 0;
  const cause = details?.causes?.find((candidate) => candidate.reason === 'ExitCode')?.message;
  return reason === 'NonZeroExitCode' && cause !== undefined && /^\d+$/.test(cause) ? Number(cause) : undefined;
}

/** Some runtimes report a missing program as an exit code of their own, and write why. A shell's own 127 is not meant. */
const runtimeMissed = ({ exitCode, stdout, stderr }: ExecResult) =>
  exitCode !== 0 && /OCI runtime|executable file/i.test(stdout + stderr) && isNoBinary(stdout + stderr);

/** What a program wrote, up to a limit for both streams together. */
class Output {
  readonly #maxBytes: number;
  readonly #written = { [CHANNEL.stdout]: [] as Buffer[], [CHANNEL.stderr]: [] as Buffer[] };
  #bytes = 0;
  #truncated = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(channel: number, payload: Buffer) {
    if (channel !== CHANNEL.stdout && channel !== CHANNEL.stderr) return;
    const kept = payload.subarray(0, this.#maxBytes - this.#bytes);
    this.#truncated ||= kept.length < payload.length;
    this.#bytes += kept.length;
    this.#written[channel].push(kept);
  }

  result() {
    const text = (parts: Buffer[]) => Buffer.concat(parts).toString('utf8');
    const { [CHANNEL.stdout]: stdout, [CHANNEL.stderr]: stderr } = this.#written;
    return { stdout: text(stdout), stderr: text(stderr), truncated: this.#truncated };
  }
}

function ended(program: string, result: ExecResult): Fact<ExecResult> {
  return runtimeMissed(result) ? unknown(noBinary(program, redact(result.stderr || result.stdout))) : known(result);
}

function failed(program: string, { code = 500, reason, message = 'exec failed' }: Status, secrets: readonly string[]) {
  const words = redact(message, secrets);
  if (isNoBinary(message)) return unknown(noBinary(program, words));
  return unknown(podObstacle({ kind: 'api-error', status: code, ...(reason && { reason }), message: words }));
}

const lost = (message: string): Unknown => unknown({ kind: 'no-probe', reason: 'lost', message });

function conversation(query: ExecQuery, secrets: () => readonly string[]): Conversation<Fact<ExecResult>> {
  const [program = ''] = query.argv;
  const output = new Output(query.maxBytes ?? MAX_BYTES);
  const startedAt = performance.now();

  const result = (exitCode: number): ExecResult => ({
    exitCode,
    ...output.result(),
    durationMs: Math.round(performance.now() - startedAt),
  });
  const cutOff = (otherwise: Unknown, why: string): Fact<ExecResult> => {
    const part = result(-1);
    return query.partial && part.stdout !== '' ? known({ ...part, lost: why }) : otherwise;
  };
  const outcome = (text: string): Fact<ExecResult> => {
    const status = exitStatusOf(text);
    if (!status) return lost('the exit status cannot be read');
    const exitCode = exitCodeOf(status);
    if (exitCode === undefined) return failed(program, status, secrets());
    return ended(program, result(exitCode));
  };
  return {
    opened: (channels) => {
      if (query.stdin !== undefined) sendStdin(channels, query.stdin);
    },
    heard: (channel, payload, channels) => {
      if (payload.length === 0) return; // the server opens every channel with an empty frame
      if (channel === CHANNEL.status) channels.end(outcome(payload.toString('utf8')));
      else output.add(channel, payload);
    },
    lost: (code) => {
      const why = `the connection ended before the exit status came (${code})`;
      return cutOff(lost(why), why);
    },
    ...(query.partial && {
      expired: () => {
        const why = `no exit status within ${query.timeoutMs / 1000} s`;
        return cutOff(unknown({ kind: 'timeout', what: `exec ${program}`, afterMs: query.timeoutMs }), why);
      },
    }),
  };
}

/**
 * Runs a program in a container. Closing the connection does not end it (kubernetes-client/javascript#2532): each command
 * needs a time limit of its own. `timeoutMs` of the query bounds the wait for it.
 */
export const execInPod = (
  transport: Transport,
  pod: PodRef,
  query: ExecQuery,
  signals: readonly AbortSignal[],
): Promise<Fact<ExecResult>> =>
  converse(transport, execAsk(pod, query), PROTOCOLS, { timeoutMs: query.timeoutMs, signals }, () =>
    conversation(query, transport.credentials.secrets),
  );
