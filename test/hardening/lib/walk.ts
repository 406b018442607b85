import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ENVIRONMENT_SECRET, type Truth } from './objects.ts';
import type { Stage } from './stage.ts';
import type { PrintedRole } from './users.ts';

export const PROGRAM = resolve('bin/svc-debug.js');
/** No run may take longer, whatever happens to it. */
const LONGEST_MS = 180_000;

interface Obstacle {
  kind: string;
  says?: string;
  verb?: string;
  resource?: string;
  namespace?: string;
  because?: Obstacle;
}

/** What of the JSON object is looked at. */
export interface Report {
  verdict: string;
  target: { from: { kind: string; namespace: string; name: string }[] };
  rootCauses: { code: string; message: string }[];
  findings: { code: string; severity: string }[];
  trail: { step: string; outcome: string }[];
  notChecked: { step: string; obstacle: Obstacle }[];
  acts: Act[];
  roles: PrintedRole[];
}

/** What svc-debug says that it did in the cluster, beside reading. */
export interface Act {
  verb: string;
  resource: string;
  namespace: string;
  name: string;
}

export interface Walked {
  exit: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
  report: Report | undefined;
  /** It shows a secret that it was given, or that stands in the cluster. */
  leaks: boolean;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Walked>;
}

const folder = mkdtempSync(join(tmpdir(), 'svc-debug-hardening-'));
let files = 0;

/** A file for one run. Gives its path. */
export function fileOf(text: string): string {
  files += 1;
  const file = join(folder, `kubeconfig-${files}`);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

export const environment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  NO_COLOR: '1',
});

export interface WalkOptions {
  env?: Record<string, string>;
  /** Of the API server, as the kubeconfig names it. */
  host?: string;
}

/** Starts svc-debug against the relay, for who has that token. */
export function start(stage: Stage, token: string, args: readonly string[], options: WalkOptions = {}): Running {
  const kubeconfig = fileOf(stage.relay.kubeconfig(token, options.host));
  const began = performance.now();
  const child = spawn(process.execPath, [PROGRAM, ...args, '--kubeconfig', kubeconfig], {
    env: { ...environment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  const parts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text) => {
      parts[name] += text;
    });
  const ended = new Promise<Walked>((done) => {
    child.on('close', (exit) => {
      const seconds = (performance.now() - began) / 1000;
      const said = parts.stdout + parts.stderr;
      const leaks = said.includes(token) || said.includes(ENVIRONMENT_SECRET);
      done({ exit, ...parts, seconds, report: reportIn(parts.stdout), leaks });
    });
  });
  return { child, ended };
}

function reportIn(text: string): Report | undefined {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return undefined;
  }
}

/** Consents to a probe pod, and looks at one Service. */
export const asks = (stage: Stage, service: string, ...more: string[]): string[] => [
  service,
  '-n',
  stage.namespace,
  '--yes',
  '--no-input',
  '-o',
  'json',
  ...more,
];

const EXITS: Record<string, number> = { healthy: 0, broken: 1, inconclusive: 3, 'no-access': 4 };

/** Why the verdict is wrong; undefined where it is right, or where svc-debug says that it does not know. */
export function wrong({ report, exit, stderr }: Walked, truth: Truth): string | undefined {
  if (!report) return `no report, exit ${exit}: ${stderr.trim().slice(0, 300)}`;
  if (EXITS[report.verdict] !== exit) return `${report.verdict}, yet exit ${exit}`;
  if (report.verdict === 'inconclusive' || report.verdict === 'no-access') return undefined;
  if (report.verdict !== truth.verdict) return `${report.verdict} (${codesOf(report)}), in truth ${truth.verdict}`;
  const foreign = report.rootCauses.filter(({ code }) => ![...truth.causes, ...truth.signs].includes(code));
  return foreign.length > 0 ? `blames ${foreign.map(({ code }) => code).join(', ')}` : undefined;
}

export const codesOf = ({ rootCauses }: Report): string => rootCauses.map(({ code }) => code).join(', ') || 'no cause';

let kept = 0;

/** Keeps what a run said, for who wants to know why it was wrong. Gives the path. */
export function keep({ stdout, stderr, exit }: Walked): string {
  kept += 1;
  mkdirSync('.e2e', { recursive: true });
  const file = resolve('.e2e', `hardening-${process.pid}-${kept}.txt`);
  writeFileSync(file, `${stdout}\n--- exit ${exit}\n${stderr}`);
  return file;
}

/** Decided, and rightly. */
export const isConclusive = (walked: Walked, truth: Truth): boolean =>
  wrong(walked, truth) === undefined && walked.report?.verdict === truth.verdict;

/** All obstacles, and those behind them. */
export const obstaclesOf = (report: Report): Obstacle[] =>
  report.notChecked.flatMap(({ obstacle }) => [obstacle, ...(obstacle.because ? [obstacle.because] : [])]);
