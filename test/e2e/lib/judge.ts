import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './case.ts';
import { fill } from './case.ts';
import { run } from './command.ts';
import type { Stage } from './stage.ts';

const WALK_LIMIT_MS = 180_000;

/** The part of svc-debug's JSON that is judged. */
interface Report {
  verdict?: string;
  rootCauses?: { code: string; subject?: { port?: string } }[];
  findings?: { code: string; severity: string }[];
}

export interface Judgement {
  /** Empty when all is as expected. */
  differences: string[];
  inconclusive: boolean;
  /** Codes of errors that the case says are none. */
  falseAlarms: string[];
}

/** Runs the program on the stage and compares; keeps its JSON when something differs. */
export async function judge(stage: Stage, program: string, keepIn: string): Promise<Judgement> {
  const { played, values, cluster, signal } = stage;
  const args = [
    program,
    played.service,
    '-n',
    played.namespace ?? '$NS',
    '-o',
    'json',
    '--yes',
    '--no-input',
    ...(played.args ?? []),
  ];
  const env = { KUBECONFIG: cluster.kubeconfig, NO_COLOR: '1' };
  const result = await run(
    process.execPath,
    args.map((arg) => fill(arg, values)),
    { signal, env, timeoutMs: WALK_LIMIT_MS },
  );
  const report = parse(result.stdout);
  const judgement = compare(played, report, result.exit);
  const kept = join(keepIn, `${played.name}.json`);
  if (judgement.differences.length === 0) rmSync(kept, { force: true });
  else {
    mkdirSync(keepIn, { recursive: true });
    const said = report ?? { stdout: result.stdout };
    writeFileSync(
      kept,
      `${JSON.stringify({ ...judgement, args, exit: result.exit, stderr: result.stderr, said }, null, 2)}\n`,
    );
  }
  return judgement;
}

function parse(text: string): Report | undefined {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return undefined;
  }
}

export function compare(played: Pick<Case, 'expect'>, report: Report | undefined, exit: number): Judgement {
  const { expect } = played;
  if (report === undefined) return { differences: [`exit ${exit}, no JSON`], inconclusive: false, falseAlarms: [] };
  const causes = report.rootCauses ?? [];
  const errors = (report.findings ?? []).filter(({ severity }) => severity === 'error').map(({ code }) => code);
  const falseAlarms = [...new Set(errors)].filter(
    (code) => expect.never?.includes(code) || expect.verdict === 'healthy',
  );
  const port = causes[0]?.subject?.port;
  const differences = [
    differs('verdict', expect.verdict, report.verdict),
    differs('exit', expect.exit, exit),
    differs('root causes', codes(expect.rootCauses), codes(causes.map(({ code }) => code))),
    expect.decisive === undefined ? '' : differs('decisive', expect.decisive, causes[0]?.code),
    expect.port === undefined ? '' : differs('port', expect.port, port),
    falseAlarms.length === 0 ? '' : `false alarms: ${falseAlarms.join(', ')}`,
  ];
  return {
    differences: differences.filter((text) => text !== ''),
    inconclusive: report.verdict === 'inconclusive',
    falseAlarms,
  };
}

const codes = (list: readonly string[]): string => [...new Set(list)].sort().join(', ') || 'none';

const differs = (what: string, wanted: unknown, got: unknown): string =>
  wanted === got ? '' : `${what}: ${got}, expected ${wanted}`;
