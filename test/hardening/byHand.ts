/** What is asked for by hand: a change, the list of Services, cleaning up. Recorded, and with one right less. */
import { spawn } from 'node:child_process';
import { KEYS, openTerminal, type TerminalSession } from '../support/terminal.ts';
import { actOf } from './lib/access.ts';
import { oursIn } from './lib/leftovers.ts';
import { TRUTHS } from './lib/objects.ts';
import { podsOf, type Stage } from './lib/stage.ts';
import type { Sheet, Trial } from './lib/trial.ts';
import { must } from './lib/upstream.ts';
import { type Right, type User, userWith } from './lib/users.ts';
import { environment, fileOf, PROGRAM, start } from './lib/walk.ts';
import { LESS } from './rights.ts';

const { service } = TRUTHS.typo;
const path = ({ namespace }: Stage) => `/api/v1/namespaces/${namespace}/services/${service}`;
const selectorOf = async (stage: Stage): Promise<unknown> =>
  (await must<{ spec: { selector: unknown } }>(stage.upstream, 'GET', path(stage))).spec.selector;

/** In a terminal that is wide enough for a command on one line. */
async function inTerminal(
  stage: Stage,
  token: string,
  args: string[],
  play: (terminal: TerminalSession) => Promise<void>,
) {
  stage.relay.make();
  const kubeconfig = fileOf(stage.relay.kubeconfig(token));
  const terminal = openTerminal({
    args: [PROGRAM, ...args, '-n', stage.namespace, '--kubeconfig', kubeconfig],
    env: { ...environment(), CI: undefined },
    ...{ rows: 60, columns: 600 },
  });
  try {
    await play(terminal);
  } finally {
    terminal.kill('SIGKILL');
  }
}

const FIX = [service, '--yes', '--fix', 'ask'];
const QUESTION = /Change the Service now\?/;

/** Patches, as they were sent. Whatever else was done must be what asking from inside takes. */
function patchesSeen({ relay, namespace }: Stage, sheet: Sheet) {
  const acts = relay.seen.flatMap((asked) => {
    const act = actOf(asked);
    return act ? [{ ...act, asked }] : [];
  });
  for (const { verb, resource, namespace: place, name } of acts) {
    const own = place === namespace && (/^svc-debug-/.test(name) || verb === 'exec' || verb === 'port-forward');
    const patch = verb === 'patch' && resource === 'services' && place === namespace && name === service;
    if (!own && !patch) sheet.complain(`${verb} ${resource} ${place}/${name} was not asked for`);
  }
  return acts
    .filter(({ verb }) => verb === 'patch')
    .map(({ asked: { url, body } }) => ({ query: new URL(url, 'https://any').searchParams, body }));
}

function expectPatches(stage: Stage, sheet: Sheet, dryRuns: readonly boolean[]): void {
  const patches = patchesSeen(stage, sheet);
  const seen = patches.map(({ query }) => query.get('dryRun') === 'All');
  sheet.expect(seen.join() === dryRuns.join(), `patches were sent with dryRun ${seen}, expected ${dryRuns}`);
  for (const { query } of patches)
    sheet.expect(query.get('fieldManager') === 'svc-debug', `as field manager ${query.get('fieldManager')}`);
  sheet.expect(new Set(patches.map(({ body }) => body)).size <= 1, 'what was tried is not what was sent');
}

async function declined(stage: Stage, sheet: Sheet): Promise<void> {
  sheet.runs++;
  const before = JSON.stringify(await selectorOf(stage));
  await inTerminal(stage, stage.token, FIX, async (terminal) => {
    await terminal.until(QUESTION, 60_000);
    terminal.type(KEYS.enter);
    await terminal.until(/q quit/, 20_000);
    terminal.type('q');
    const { exitCode } = await terminal.ended(20_000);
    sheet.expect(exitCode === 1, `exit ${exitCode}, expected 1`);
  });
  expectPatches(stage, sheet, [true]);
  sheet.expect(JSON.stringify(await selectorOf(stage)) === before, 'the Service was changed');
}

const shell = (command: string): Promise<number | null> =>
  new Promise((resolve) => {
    spawn('sh', ['-c', command], { stdio: 'ignore', timeout: 30_000 }).on('close', resolve);
  });

/** Mended, walked again, and taken back by the command that was printed for it. */
async function accepted(stage: Stage, sheet: Sheet): Promise<void> {
  sheet.runs++;
  const before = JSON.stringify(await selectorOf(stage));
  await inTerminal(stage, stage.token, FIX, async (terminal) => {
    await terminal.until(QUESTION, 60_000);
    terminal.type(KEYS.down);
    await terminal.until(/[>❯] *yes/, 10_000);
    terminal.type(KEYS.enter);
    await terminal.until(/HEALTHY/, 60_000);
    const undo = /^kubectl .*patch service.*"op":"test".*$/m.exec(await terminal.screen())?.[0] ?? '';
    await terminal.until(/q quit/, 20_000);
    terminal.type('q');
    const { exitCode } = await terminal.ended(20_000);
    sheet.expect(exitCode === 0, `exit ${exitCode}, expected 0`);
    expectPatches(stage, sheet, [true, false]);
    sheet.expect(JSON.stringify(await selectorOf(stage)) !== before, 'the Service was not changed');
    const code = await shell(undo);
    sheet.expect(code === 0 && undo !== '', `what takes it back ends with ${code}: ${undo}`);
  });
  const after = JSON.stringify(await selectorOf(stage));
  sheet.expect(after === before, `the Service is not as it was: ${after}`);
}

/** Everything that a run takes, but the right to patch. */
const rightsBut = (namespace: string): Right[] =>
  [
    ['get', '', '*'],
    ['list', '*', '*'],
    ['create', '', 'pods'],
    ['delete', '', 'pods'],
    ['create', '', 'pods/exec'],
  ].map(([verb = '', group = '', resource = '']) => ({ verb, group, resource, namespace }));

async function mayNotPatch(stage: Stage, sheet: Sheet): Promise<void> {
  sheet.runs++;
  const before = JSON.stringify(await selectorOf(stage));
  const user = await userWith(stage, 'no-patch', rightsBut(stage.namespace));
  await inTerminal(stage, user.token, FIX, async (terminal) => {
    const screen = await terminal.until(/REFUSED[\s\S]*q quit/, 60_000);
    sheet.expect(/not allowed to patch services/.test(screen), `does not name the right: ${screen.slice(-400)}`);
    terminal.type('q');
    sheet.expect((await terminal.ended(20_000)).exitCode === 1, 'exit is not 1');
  });
  sheet.expect(JSON.stringify(await selectorOf(stage)) === before, 'the Service was changed');
}

async function mayNotListServices(stage: Stage, sheet: Sheet): Promise<void> {
  sheet.runs++;
  const user = await userWith(stage, 'no-list', [
    { verb: 'get', group: '', resource: 'services', namespace: stage.namespace },
  ]);
  await inTerminal(stage, user.token, [], async (terminal) => {
    const { exitCode } = await terminal.ended(20_000);
    sheet.expect(exitCode === 4, `exit ${exitCode}, expected 4`);
    const screen = await terminal.screen();
    sheet.expect(/list services/.test(screen), `does not name the right: ${screen}`);
  });
}

/** A run by an administrator is killed; then somebody with few rights cleans up. */
async function cleanedBy(
  stage: Stage,
  sheet: Sheet,
  user: User,
): Promise<{ left: string; said: string; exit: number | null }> {
  const { child, ended } = start(stage, stage.token, ['web', '-n', stage.namespace, '--yes', '--no-input']);
  let left = '';
  for (const end = Date.now() + 60_000; left === '' && Date.now() < end; )
    left = (await oursIn(stage, child.pid))[0]?.metadata.name ?? '';
  child.kill('SIGKILL');
  await ended;
  const { exit, stdout, stderr } = await start(stage, user.token, ['cleanup', '-n', stage.namespace]).ended;
  sheet.runs += 2;
  return { left, said: stdout + stderr, exit };
}

const inPods = (stage: Stage, ...verbs: string[]): Right[] =>
  verbs.map((verb) => ({ verb, group: '', resource: 'pods', namespace: stage.namespace }));

async function mayNotDelete(stage: Stage, sheet: Sheet): Promise<void> {
  const { left, said, exit } = await cleanedBy(stage, sheet, await userWith(stage, 'sees', inPods(stage, 'list')));
  sheet.expect(exit === 1, `exit ${exit}, expected 1`);
  sheet.expect(said.includes(left) && /not allowed to delete pods/.test(said), `does not say what is left: ${said}`);
  await start(stage, stage.token, ['cleanup', '-n', stage.namespace]).ended;
  const still = (await podsOf(stage)).some(({ metadata }) => metadata.name === left);
  sheet.expect(!still, `${left} outlived the cleanup of somebody who may`);
}

async function mayNotSee(stage: Stage, sheet: Sheet): Promise<void> {
  const { said, exit } = await cleanedBy(stage, sheet, await userWith(stage, 'blind', inPods(stage, 'delete')));
  sheet.expect(exit === 4, `exit ${exit}, expected 4`);
  sheet.expect(/list pods/.test(said), `does not name the right: ${said}`);
  await start(stage, stage.token, ['cleanup', '-n', stage.namespace]).ended;
}

export const byHand: readonly Trial[] = [
  { area: 'recording', name: '--fix ask, answered no: a dry run and no more', play: declined },
  { area: 'recording', name: '--fix ask, answered yes: one change, mended, taken back', play: accepted },
  { area: LESS, name: '--fix ask without patch services', play: mayNotPatch },
  { area: LESS, name: 'the list of Services without list services', play: mayNotListServices },
  { area: LESS, name: 'cleanup without delete pods', play: mayNotDelete },
  { area: LESS, name: 'cleanup without list pods', play: mayNotSee },
];
