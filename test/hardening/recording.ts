/** What svc-debug does in a cluster, as the API server saw it, beside what it said. */
import { KEYS, openTerminal } from '../support/terminal.ts';
import { actOf } from './lib/access.ts';
import { CLIENT, TRUTHS, type Truth } from './lib/objects.ts';
import type { Asked } from './lib/relay.ts';
import type { Stage } from './lib/stage.ts';
import type { Sheet, Trial } from './lib/trial.ts';
import { type Act, asks, environment, fileOf, PROGRAM, start, type Walked } from './lib/walk.ts';

const area = 'recording';
const textOf = ({ verb, resource, namespace, name }: Act) => `${verb} ${resource} ${namespace}/${name}`;
const actsIn = (seen: readonly Asked[]): Act[] => seen.flatMap((asked) => actOf(asked) ?? []);

async function readsOnly(stage: Stage, sheet: Sheet, truth: Truth, args: string[]): Promise<void> {
  stage.relay.make();
  const walked = await start(stage, stage.token, args).ended;
  sheet.judge(walked, truth);
  expectNothingDone(stage, sheet);
}

function expectNothingDone({ relay }: Stage, sheet: Sheet): void {
  sheet.expect(relay.seen.length > 3, 'nothing was recorded');
  for (const act of actsIn(relay.seen)) sheet.complain(`${textOf(act)}, without consent`);
}

const reading: Trial[] = Object.values(TRUTHS).flatMap((truth): Trial[] => [
  {
    area,
    name: `--probe none reads only: ${truth.service}`,
    short: truth === TRUTHS.healthy || truth === TRUTHS.crash,
    play: (stage, sheet) =>
      readsOnly(stage, sheet, truth, asks(stage, truth.service, '--probe', 'none', '--node-checks', 'yes')),
  },
  {
    area,
    name: `without consent it reads only: ${truth.service}`,
    play: (stage, sheet) =>
      readsOnly(
        stage,
        sheet,
        truth,
        asks(stage, truth.service).filter((word) => word !== '--yes'),
      ),
  },
]);

/** The question is answered "nowhere", and then the menu is left. */
async function answersNowhere(stage: Stage, sheet: Sheet): Promise<void> {
  stage.relay.make();
  const kubeconfig = fileOf(stage.relay.kubeconfig(stage.token));
  const terminal = openTerminal({
    args: [PROGRAM, TRUTHS.healthy.service, '-n', stage.namespace, '--kubeconfig', kubeconfig],
    env: { ...environment(), CI: undefined },
    rows: 50,
  });
  sheet.runs++;
  try {
    await terminal.until(/From where\?/, 30_000);
    terminal.type(KEYS.down + KEYS.down);
    await terminal.until(/[>❯] *nowhere/, 10_000);
    terminal.type(KEYS.enter);
    await terminal.until(/q quit/, 30_000);
    terminal.type('q');
    const { exitCode } = await terminal.ended(10_000);
    sheet.expect(exitCode === 3, `exit ${exitCode}, expected 3`);
  } finally {
    terminal.kill('SIGKILL');
  }
  expectNothingDone(stage, sheet);
}

/** Kinds of acts that the flags consent to, as the README tells. */
const consented = (act: Act, stage: Stage, { report }: Walked): boolean => {
  const own = act.namespace === stage.namespace;
  const probe = /^svc-debug-[0-9a-f]+$/.test(act.name);
  if (act.verb === 'create' || act.verb === 'delete') return own && probe && act.resource === 'pods';
  if (act.verb === 'port-forward') return own && /^(web|crashes)-/.test(act.name);
  const vantages = (report?.target.from ?? []).map(({ name }) => name);
  return act.verb === 'exec' && own && (vantages.includes(act.name) || /^web-/.test(act.name));
};

async function doesWhatItSays(stage: Stage, sheet: Sheet, truth: Truth, ...args: string[]): Promise<void> {
  stage.relay.make();
  const walked = await start(stage, stage.token, asks(stage, truth.service, ...args)).ended;
  sheet.judge(walked, truth);
  const acts = walked.report?.acts ?? [];
  const said = new Set(acts.map(textOf));
  const seen = actsIn(stage.relay.seen);
  for (const act of seen) if (!said.has(textOf(act))) sheet.complain(`${textOf(act)} was not announced`);
  const done = new Set(seen.map(textOf));
  for (const act of acts) {
    if (!done.has(textOf(act))) sheet.complain(`${textOf(act)} was announced, and never done`);
    if (!consented(act, stage, walked)) sheet.complain(`${textOf(act)} is nothing that was consented to`);
  }
}

const full: Trial[] = Object.values(TRUTHS).flatMap((truth): Trial[] => [
  {
    area,
    name: `does what it says: ${truth.service}`,
    short: truth === TRUTHS.healthy || truth === TRUTHS.ports,
    play: (stage, sheet) => doesWhatItSays(stage, sheet, truth),
  },
  {
    area,
    name: `does what it says, from a pod: ${truth.service}`,
    play: (stage, sheet) => doesWhatItSays(stage, sheet, truth, '--from', `pod/${CLIENT}`),
  },
]);

export const recording: readonly Trial[] = [
  ...reading,
  { area, name: 'the question answered "nowhere"', short: true, play: answersNowhere },
  ...full,
];
