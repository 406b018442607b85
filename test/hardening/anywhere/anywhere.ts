/** A probe in namespaces that make it hard: each has its own clear outcome, and the walk goes on with what is left. */
import type { Stage } from '../lib/stage.ts';
import { until } from '../lib/stage.ts';
import type { Sheet, Trial } from '../lib/trial.ts';
import { ask, must } from '../lib/upstream.ts';
import { fileOf, keep, type Report, start, type Walked } from '../lib/walk.ts';
import { CASES, type Case, type Expected, podsOfCase } from './cases.ts';

const STEPS = 10;
const OURS = 'labelSelector=app.kubernetes.io%2Fmanaged-by%3Dsvc-debug';

interface Posted {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

const CLUSTER_WIDE = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'MutatingWebhookConfiguration'];

function collectionOf({ apiVersion, kind }: Posted, namespace: string): string {
  const plural = `${kind.toLowerCase().replace(/y$/, 'ie')}s`;
  const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return CLUSTER_WIDE.includes(kind) ? `${group}/${plural}` : `${group}/namespaces/${namespace}/${plural}`;
}

/** Makes a namespace, plays in it, and takes everything away again. */
async function inNamespace(stage: Stage, one: Case, play: (namespace: string) => Promise<void>): Promise<void> {
  const { upstream } = stage;
  const namespace = `${stage.namespace}-${CASES.indexOf(one)}`;
  const late = one.late?.(namespace) ?? [];
  const post = async (objects: readonly object[]) => {
    for (const object of objects) await must(upstream, 'POST', collectionOf(object as Posted, namespace), object);
  };
  let undo: (() => Promise<void>) | undefined;
  try {
    await must(upstream, 'POST', '/api/v1/namespaces', { metadata: { name: namespace, labels: one.labels ?? {} } });
    const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    await until('a service account', 30_000, async () => (await ask(upstream, 'GET', account)).status === 200);
    await post(one.objects ?? []);
    await post(podsOfCase(one));
    await until('pods that run', 90_000, () => allRun(stage, namespace));
    undo = await one.arrange?.({ upstream, namespace });
    await post(late);
    if (late.length > 0 && !(await isHeld(stage, namespace))) throw new Error('the rule was never enforced');
    await play(namespace);
  } finally {
    await undo?.();
    for (const object of late as Posted[])
      if (CLUSTER_WIDE.includes(object.kind))
        await ask(upstream, 'DELETE', `${collectionOf(object, namespace)}/${object.metadata.name}`);
    await ask(upstream, 'DELETE', `/api/v1/namespaces/${namespace}`);
  }
}

async function allRun({ upstream }: Stage, namespace: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const { items } = await must<{ items: { status?: { phase?: string } }[] }>(upstream, 'GET', path);
  return items.every(({ status }) => status?.phase === 'Running');
}

/** An admission rule takes a moment until it holds: tried with a pod that is never made. */
async function isHeld({ upstream }: Stage, namespace: string): Promise<boolean> {
  const pod = { metadata: { name: 'trial' }, spec: { containers: [{ name: 'a', image: 'a' }] } };
  const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
  let refused = false;
  await until('an admission rule', 30_000, async () => {
    refused = (await ask(upstream, 'POST', path, pod)).status >= 400;
    return refused;
  });
  return refused;
}

async function play(one: Case, stage: Stage, sheet: Sheet): Promise<void> {
  await inNamespace(stage, one, async (namespace) => {
    const env = one.settings === undefined ? {} : { SVC_DEBUG_SETTINGS: fileOf(one.settings) };
    const args = ['web', '-n', namespace, '--yes', '--no-input', '-o', 'json', ...(one.args ?? [])];
    const walked = await start(stage, stage.token, args, { env }).ended;
    judge(sheet, walked, one.expected);
    const left = await must<{ items: unknown[] }>(
      stage.upstream,
      'GET',
      `/api/v1/namespaces/${namespace}/pods?${OURS}`,
    );
    sheet.leftovers += left.items.length;
  });
}

function judge(sheet: Sheet, walked: Walked, expected: Expected): void {
  const { report } = walked;
  sheet.runs++;
  if (!report) {
    sheet.complain(`no report, exit ${walked.exit}: ${walked.stderr.slice(0, 300)}`);
    return;
  }
  const faults = [
    ...wrongVerdict(report, expected),
    ...wrongObstacle(report, expected),
    ...wrongRest(report, expected),
  ];
  if (report.verdict !== expected.verdict) sheet.wrongVerdicts++;
  if (faults.length > 0) sheet.complain(`${faults.join('; ')} (${keep(walked)})`);
}

function wrongVerdict({ verdict, rootCauses }: Report, expected: Expected): string[] {
  const codes = rootCauses.map(({ code }) => code);
  const { cause } = expected;
  return [
    ...(verdict === expected.verdict ? [] : [`${verdict} (${codes.join()}), not ${expected.verdict}`]),
    ...(cause === undefined || codes.every((code) => code.startsWith(cause)) ? [] : [`blames ${codes.join()}`]),
  ];
}

/** The reason why there is no probe, told once in the words of the cluster. */
function wrongObstacle({ notChecked }: Report, { reason, says }: Expected): string[] {
  const barring = notChecked.map(({ obstacle }) => obstacle).filter(({ kind }) => kind === 'no-probe');
  if (reason === undefined) return barring.map((one) => `not asked: ${one.says}`);
  const told = barring.filter((one) => (one as { reason?: string }).reason === reason);
  if (told.length === 0) return [`no obstacle ${reason}: ${JSON.stringify(notChecked).slice(0, 400)}`];
  return told.every(({ says: words = '' }) => says?.test(words) ?? true) ? [] : [`says ${told[0]?.says}`];
}

/** The walk went on to its end, and the API's part of it is decided. */
function wrongRest({ trail, target }: Report, { from, reason }: Expected): string[] {
  const open = trail.filter(
    ({ step, outcome }) => ['exists', 'spec', 'endpoints'].includes(step) && outcome !== 'pass',
  );
  const asked = target.from.map(({ kind, name }) => (kind === 'probe' ? 'probe' : name));
  return [
    ...(trail.length === STEPS ? [] : [`only ${trail.length} steps`]),
    ...(reason === undefined ? [] : open.map(({ step, outcome }) => `${step} is ${outcome}`)),
    ...(from === undefined || asked.includes(from) ? [] : [`asked from ${asked.join() || 'nowhere'}`]),
  ];
}

export const anywhere: readonly Trial[] = CASES.map((one) => ({
  area: 'anywhere',
  name: one.name,
  ...(one.short && { short: true }),
  play: (stage, sheet) => play(one, stage, sheet),
}));
