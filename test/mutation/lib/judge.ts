import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../e2e/lib/command.ts';
import type { Answer } from './ask.ts';
import type { Drawn } from './draw.ts';
import type { Stage } from './stage.ts';

const WALK_LIMIT_MS = 180_000;

/** The part of svc-debug's JSON that is judged. */
export interface Report {
  verdict?: string;
  rootCauses?: { code: string }[];
  findings?: { code: string; severity: string }[];
}

export interface Said {
  report?: Report;
  args: string[];
  exit: number;
  stdout: string;
  stderr: string;
}

/** Asks svc-debug, from the client's pod. */
export async function consult(stage: Stage, client: string, program: string): Promise<Said> {
  const { drawn, values, clientNamespace, cluster, signal } = stage;
  const from = `${clientNamespace}/pod/${client}`;
  const port = drawn.onlyPort === undefined ? [] : ['--port', String(drawn.onlyPort)];
  const args = [drawn.scene.service, '-n', values.NS!, '--from', from, ...port, '-o', 'json', '--no-input', '--yes'];
  const env = { KUBECONFIG: cluster.kubeconfig, NO_COLOR: '1' };
  const result = await run(process.execPath, [program, ...args], { signal, env, timeoutMs: WALK_LIMIT_MS });
  return { ...result, args, ...reportOf(result.stdout) };
}

function reportOf(text: string): { report?: Report } {
  try {
    return { report: JSON.parse(text) as Report };
  } catch {
    return {};
  }
}

export interface Judgement {
  outcome: 'agreed' | 'disagreed' | 'inconclusive';
  /** What was said, or what differs. */
  note: string;
}

/** Works is healthy, without an error; broken is broken, and every root cause is one that this kind of change may have. */
export function compare({ kind }: Pick<Drawn, 'kind'>, { effect }: Pick<Answer, 'effect'>, said: Said): Judgement {
  const { report } = said;
  if (report === undefined) return { outcome: 'disagreed', note: `exit ${said.exit}, no JSON` };
  const { verdict = 'none' } = report;
  const causes = [...new Set((report.rootCauses ?? []).map(({ code }) => code))];
  const note = `${effect}; svc-debug: ${verdict} ${causes.join(' ')}`.trim();
  if (verdict === 'inconclusive') return { outcome: 'inconclusive', note };
  const errors = (report.findings ?? []).filter(({ severity }) => severity === 'error');
  const fits =
    effect === 'works'
      ? verdict === 'healthy' && errors.length === 0
      : verdict === 'broken' && causes.length > 0 && causes.every((code) => mayBe(kind.blames, code));
  return { outcome: fits ? 'agreed' : 'disagreed', note };
}

const mayBe = (blames: readonly string[], code: string): boolean =>
  blames.some((pattern) => (pattern.endsWith('/*') ? code.startsWith(pattern.slice(0, -1)) : code === pattern));

/** Keeps the whole of what was said where it is to be looked at. */
export function keep(directory: string, { seed, what }: Drawn, answer: Answer, said: Said): void {
  mkdirSync(directory, { recursive: true });
  const { report, args, exit, stderr, stdout } = said;
  const kept = { what, answer, args, exit, stderr, said: report ?? stdout };
  writeFileSync(join(directory, `mutation-${seed}.json`), `${JSON.stringify(kept, null, 2)}\n`);
}
