import { run } from '../../e2e/lib/command.ts';
import { CLIENT } from './objects.ts';
import { type Pod, podsOf, type Stage } from './stage.ts';

/** Labels and annotation of svc-debug's own pods, as its README tells. */
const OURS = { 'app.kubernetes.io/managed-by': 'svc-debug', 'app.kubernetes.io/name': 'svc-debug-probe' };
export const OUR_LABELS: Record<string, string> = OURS;
const RUN = 'svc-debug/run';
/** A probe pod's life, and what kubelet and clocks may take beyond. */
const LIFE_SECONDS = 120;
const SLACK_SECONDS = 30;

const isOurs = ({ metadata }: Pod): boolean =>
  Object.entries(OURS).every(([name, value]) => metadata.labels?.[name] === value);

/** Pods of svc-debug's; with `pid`, those of that run. */
export const oursIn = async (stage: Stage, pid?: number): Promise<Pod[]> =>
  (await podsOf(stage)).filter(
    (pod) => isOurs(pod) && (pid === undefined || pod.metadata.annotations?.[RUN]?.endsWith(`.${pid}`)),
  );

/** Why a pod could run on for ever; undefined: its end is certain. */
export function endless({ metadata, spec }: Pod): string | undefined {
  const { activeDeadlineSeconds } = spec;
  if (activeDeadlineSeconds === undefined) return `${metadata.name} has no deadline`;
  return activeDeadlineSeconds > LIFE_SECONDS ? `${metadata.name} may live ${activeDeadlineSeconds} s` : undefined;
}

/** Whether a container of it runs although its deadline is over. */
export const isOverdue = ({ status }: Pod, now: number): boolean =>
  (status?.containerStatuses ?? []).some(({ state }) => state?.running !== undefined) &&
  Date.parse(status?.startTime ?? '') + (LIFE_SECONDS + SLACK_SECONDS) * 1000 < now;

/** Programs that run in the client pod beside its own; exec is the only way in. */
export async function strayProcesses({ namespace, kubeconfig }: Stage): Promise<string[]> {
  const { stdout, exit, stderr } = await run(
    'kubectl',
    ['-n', namespace, 'exec', CLIENT, '--', 'ps', '-o', 'pid,args'],
    { env: { KUBECONFIG: kubeconfig }, timeoutMs: 30_000 },
  );
  if (exit !== 0) throw new Error(`ps in ${CLIENT}: ${stderr.trim()}`);
  const lines = stdout.trim().split('\n').slice(1);
  return lines.map((line) => line.trim()).filter((line) => !/^\d+ (sleep 86400|ps -o pid,args)$/.test(line));
}
