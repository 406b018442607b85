/** Ends svc-debug at any moment, and looks at what is left in the cluster. */
import { setTimeout as pause } from 'node:timers/promises';
import { ENDINGS, type Ended, type Ending, endAt, inGoodOrder } from './lib/ending.ts';
import { random } from './lib/faults.ts';
import { endless, isOverdue, OUR_LABELS, oursIn, strayProcesses } from './lib/leftovers.ts';
import { CLIENT, TRUTHS, type Truth } from './lib/objects.ts';
import { podsOf, type Stage, until } from './lib/stage.ts';
import type { Sheet, Trial } from './lib/trial.ts';
import { must } from './lib/upstream.ts';
import { asks, start } from './lib/walk.ts';

const area = 'stopping';
const MOMENTS = { full: 100, bounded: 12 };
/** Side by side, each a run of its own. What shuts the relay for all waits until it is alone. */
const AT_ONCE = 2;
const TARGETS: readonly Truth[] = [TRUTHS.healthy, TRUTHS.ports, TRUTHS.crash];

interface Moment {
  ending: Ending;
  /** Milliseconds after the start. */
  ms: number;
  truth: Truth;
  args: readonly string[];
}

function momentsOf({ seed, bounded }: Stage, spanMs: number): Moment[] {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const count = bounded ? MOMENTS.bounded : MOMENTS.full;
  return Array.from({ length: count }, (_, i) => ({
    ending: ENDINGS[i % ENDINGS.length]!,
    ms: Math.round(next() * spanMs),
    truth: pick(TARGETS),
    args: next() < 0.3 ? ['--from', `pod/${CLIENT}`] : [],
  }));
}

const said = ({ ending, ms, truth, args }: Moment) => `${ending} after ${ms} ms, ${[truth.service, ...args].join(' ')}`;

/** Looks at a run that was ended: it is over in time, in good order, and its pod is gone or will be. */
async function inspect(
  stage: Stage,
  sheet: Sheet,
  moment: Moment,
  { pid, early, exit, seconds }: Ended,
): Promise<void> {
  const { ending } = moment;
  sheet.runs++;
  sheet.expect(!Number.isNaN(exit), `${said(moment)}: went on for ${seconds.toFixed(0)} s`);
  if (!early && inGoodOrder(ending) && ending !== 'closed terminal')
    sheet.expect([130, 0, 1, 3, 4, null].includes(exit), `${said(moment)}: exit ${exit}`);
  const left = await oursIn(stage, pid);
  for (const pod of left) {
    const why = endless(pod);
    if (why !== undefined) sheet.complain(`${said(moment)}: ${why}`);
  }
  if (!inGoodOrder(ending) || left.length === 0) return;
  // Node's own start is before every handler of a signal, and so before every pod
  await until('pods of an ended run go', 15_000, async () => (await oursIn(stage, pid)).length === 0).catch(() => {
    sheet.leftovers++;
    sheet.complain(`${said(moment)}: ${left.map(({ metadata }) => metadata.name)} is still there (exit ${exit})`);
  });
}

async function atRandomMoments(stage: Stage, sheet: Sheet): Promise<void> {
  const began = performance.now();
  sheet.judge(await start(stage, stage.token, asks(stage, TRUTHS.healthy.service)).ended, TRUTHS.healthy);
  const moments = momentsOf(stage, performance.now() - began);
  const play = async (moment: Moment) =>
    inspect(stage, sheet, moment, await endAt(stage, moment.truth.service, moment.ending, moment.ms, moment.args));
  const together = moments.filter(({ ending }) => ending !== 'lost network');
  const worker = async () => {
    for (let moment = together.shift(); moment; moment = together.shift()) await play(moment);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const moment of moments.filter(({ ending }) => ending === 'lost network')) await play(moment);
  await expectNoProcesses(stage, sheet);
}

/** Scripts in somebody's pod end by themselves, connection or not. */
async function expectNoProcesses(stage: Stage, sheet: Sheet): Promise<void> {
  const quiet = async () => (await strayProcesses(stage)).length === 0;
  await until('the client pod is quiet', 90_000, quiet).catch(async () => {
    const stray = await strayProcesses(stage);
    sheet.leftovers += stray.length;
    sheet.complain(`in ${CLIENT} there still runs ${stray.join(', ')}`);
  });
}

/** Killed while its pod runs: gives the name of that pod. */
async function killedWithPod(stage: Stage, truth: Truth): Promise<string> {
  const { child, ended } = start(stage, stage.token, asks(stage, truth.service));
  const isThere = async () => (await oursIn(stage, child.pid)).some(({ status }) => status?.phase === 'Running');
  await until('a probe pod runs', 60_000, isThere);
  child.kill('SIGKILL');
  await ended;
  return (await oursIn(stage, child.pid))[0]?.metadata.name ?? '';
}

const has = async (stage: Stage, name: string) => (await podsOf(stage)).some(({ metadata }) => metadata.name === name);

async function nextRunRemoves(stage: Stage, sheet: Sheet): Promise<void> {
  const left = await killedWithPod(stage, TRUTHS.ports);
  sheet.expect(left !== '', 'no pod was left by kill -9');
  sheet.judge(await start(stage, stage.token, asks(stage, TRUTHS.healthy.service)).ended, TRUTHS.healthy);
  if (await has(stage, left)) sheet.leftovers++;
  sheet.expect(!(await has(stage, left)), `${left} outlived the next run`);
}

const decoy = (name: string, labels: Record<string, string>, annotations = {}) => ({
  metadata: { name, labels, annotations },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'a', image: 'busybox:1.36', command: ['sleep', '600'] }],
  },
});

/** Pods that look alike, and that belong to others or to a run on another machine. */
const DECOYS = [
  decoy('svc-debug-0123456789', { app: 'somebody' }),
  decoy('managed-alike', { 'app.kubernetes.io/managed-by': 'svc-debug' }),
  decoy('named-alike', { 'app.kubernetes.io/name': 'svc-debug-probe' }),
  decoy('svc-debug-elsewhere', OUR_LABELS, { 'svc-debug/run': '000000000000.1' }),
];

async function cleansUp(stage: Stage, sheet: Sheet): Promise<void> {
  const pods = `/api/v1/namespaces/${stage.namespace}/pods`;
  const names = DECOYS.map(({ metadata }) => metadata.name);
  const gone = async () => !(await podsOf(stage)).some(({ metadata }) => names.includes(metadata.name));
  await until('the decoys of a run before are gone', 60_000, gone);
  for (const pod of DECOYS) await must(stage.upstream, 'POST', pods, pod);
  const left = await killedWithPod(stage, TRUTHS.ports);
  sheet.runs += 2;
  const { exit, stdout, stderr } = await start(stage, stage.token, ['cleanup', '-n', stage.namespace]).ended;
  sheet.expect(exit === 0, `cleanup: exit ${exit} ${stderr}`);
  sheet.expect(stdout.includes(left), `cleanup does not name ${left}: ${stdout}`);
  if (await has(stage, left)) sheet.leftovers++;
  sheet.expect(!(await has(stage, left)), `${left} outlived cleanup`);
  for (const { metadata } of DECOYS) {
    sheet.expect(await has(stage, metadata.name), `cleanup removed ${metadata.name}, which is not its own`);
    await must(stage.upstream, 'DELETE', `${pods}/${metadata.name}`, { gracePeriodSeconds: 0 });
  }
}

/** One of two is killed, and a third cleans up: the second does not notice. */
async function doNotDisturb(stage: Stage, sheet: Sheet): Promise<void> {
  const second = start(stage, stage.token, asks(stage, TRUTHS.ports.service));
  const left = await killedWithPod(stage, TRUTHS.healthy);
  sheet.runs++;
  const third = await start(stage, stage.token, ['cleanup', '-n', stage.namespace]).ended;
  sheet.runs++;
  const walked = await second.ended;
  sheet.judge(walked, TRUTHS.ports);
  sheet.expect(walked.report?.verdict === 'broken', `the run beside it: ${walked.report?.verdict}, ${third.stdout}`);
  sheet.expect(!(await has(stage, left)), `${left} is still there`);
}

/** Nothing comes after it to clean up: the kubelet ends it. */
async function endsByItself(stage: Stage, sheet: Sheet): Promise<void> {
  const left = await killedWithPod(stage, TRUTHS.ports);
  sheet.runs++;
  const found = async () => (await podsOf(stage)).find(({ metadata }) => metadata.name === left);
  const runs = async () => (await found())?.status?.containerStatuses?.some(({ state }) => state?.running) ?? false;
  for (const end = Date.now() + 170_000; (await runs()) && Date.now() < end; ) await pause(2000);
  const pod = await found();
  if (pod && (isOverdue(pod, Date.now()) || (await runs()))) {
    sheet.leftovers++;
    sheet.complain(`${left} runs past its deadline`);
  }
  const { stdout } = await start(stage, stage.token, ['cleanup', '-n', stage.namespace]).ended;
  sheet.expect(!(await has(stage, left)), `cleanup left the dead pod: ${stdout}`);
}

export const stopping: readonly Trial[] = [
  { area, name: 'at random moments, in six ways', short: true, play: atRandomMoments },
  { area, name: 'kill -9: the next run removes the pod', short: true, play: nextRunRemoves },
  { area, name: 'kill -9: cleanup removes it, and nothing else', short: true, play: cleansUp },
  { area, name: 'kill -9: the kubelet ends the pod at its deadline', play: endsByItself },
  { area, name: 'runs beside each other', short: true, play: doNotDisturb },
];
