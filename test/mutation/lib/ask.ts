import { serviceName } from './name.ts';
import type { Stage } from './stage.ts';
import { Unplayable } from './stage.ts';

/** Misses a backend that is bad in one of four connections with less than 1 in 100. */
const TRIES = 18;
/** One lost request is a busy machine's. */
const FAILS_FROM = 2;

export type Effect = 'works' | 'broken';

export interface Answer {
  effect: Effect;
  /** For each port, as `80: 22 of 22`. */
  seen: string;
}

/** Plain requests from the client's own pod: does every port that is asked for answer, every time? @throws Unplayable */
export async function ask(stage: Stage, client: string): Promise<Answer> {
  const seen: string[] = [];
  let effect: Effect = 'works';
  for (const { port, speaks } of stage.drawn.asked) {
    const counts = await count(stage, client, request(speaks, serviceName(stage.drawn.scene, stage.values), port));
    seen.push(`${port}: ${counts.answered} answered, ${counts.failed} failed${counts.last && ` (${counts.last})`}`);
    if (counts.failed >= FAILS_FROM) effect = 'broken';
  }
  return { effect, seen: seen.join('; ') };
}

/** Any HTTP status is an answer; busybox's wget says one other than 2xx and 3xx in words of its own. */
const request = (speaks: string, host: string, port: number): string =>
  speaks === 'http'
    ? `timeout 8 wget -qO- -T 3 http://${host}:${port}/ 2>&1 || echo "$out" | grep -q 'server returned error'`
    : `timeout 8 nc -z -w 3 ${host} ${port} 2>&1`;

async function count(
  stage: Stage,
  client: string,
  command: string,
): Promise<{ answered: number; failed: number; last: string }> {
  const { cluster, clientNamespace, signal } = stage;
  const [first = '', otherwise = 'false'] = command.split(' || ');
  const script = `ok=0; bad=0; last=
while [ $((ok+bad)) -lt ${TRIES} ] && [ $bad -lt ${FAILS_FROM} ]; do
  if out=$(${first} </dev/null); then ok=$((ok+1)); elif ${otherwise}; then ok=$((ok+1)); else bad=$((bad+1)); last=$out; fi
done
echo "asked $ok $bad $last"`;
  const args = ['-n', clientNamespace, 'exec', client, '--', 'sh', '-c', script];
  const { stdout, stderr } = await cluster.kubectl(args, { signal, timeoutMs: 120_000 });
  const [, ok, bad, last = ''] = /asked (\d+) (\d+) ?(.*)/s.exec(stdout) ?? [];
  if (ok === undefined) throw new Unplayable(`no exec in the client: ${stderr.trim().slice(0, 200)}`);
  return { answered: Number(ok), failed: Number(bad), last: last.trim().replace(/\s+/g, ' ').slice(0, 100) };
}
