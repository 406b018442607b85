import { type Fix, fixesOf } from '../../model/fix/fixes.ts';
import { undoCommand } from '../../model/fix/undo.ts';
import type { Service } from '../../model/kubernetes.ts';
import type { Target } from '../../model/target.ts';
import { type Proposal, renderDone, renderProposal } from '../../render/fix.ts';
import { clean, cleanText } from '../../render/sanitize.ts';
import { sayObstacle, sayRemedy } from '../../render/words.ts';
import { fix as text } from '../../text/en/fix.ts';
import type { Choice } from '../prompter.ts';
import type { Run } from '../run.ts';
import type { Told } from '../tellWalk.ts';
import { endpointsNow, tookEffect } from './effect.ts';
import { applyFix, type Proposed, propose, type Refusal } from './propose.ts';

/** Whether there is something that svc-debug can mend itself, and how many ways there are. */
export const waysToMend = ({ target }: Run, { report }: Told): number => fixesOf(report.diagnosis, target).length;

/** Nothing is changed where only printing was asked for, where only the API may be read, or where nobody can say yes. */
const mayChange = ({ options, screen }: Run): boolean =>
  screen.interactive && options.fix !== 'print' && options.probe === 'auto';

/**
 * Shows a change, asks, makes it, and waits until it took effect. Gives the target to walk again, whose port may be
 * another one now; undefined: nothing was changed.
 */
export async function mend(run: Run, told: Told): Promise<Target | undefined> {
  const fix = await chosen(run, fixesOf(told.report.diagnosis, run.target));
  if (!fix) return undefined;
  const { screen, view, connection, signal } = run;
  screen.busy(text.reading);
  const proposed = await propose(connection.cluster.within(signal), fix, mayChange(run));
  screen.idle();
  if (!proposed.ok) return refuse(run, proposed);
  screen.print(renderProposal(clean(proposed), view));
  if (await isWanted(run, proposed)) return apply(run, fix, proposed);
  screen.print('\n');
  return undefined;
}

async function chosen(run: Run, fixes: readonly Fix[]): Promise<Fix | undefined> {
  if (fixes.length < 2 || !run.screen.interactive) return fixes[0];
  const { catalogue } = run.view;
  const ways = fixes.map((value): Choice<Fix | null> => {
    const label = cleanText(sayRemedy(catalogue, value.cause, value.remedy));
    return { value, label };
  });
  const choices = [...ways, { value: null, label: text.nevermind }];
  return (await run.screen.ask((prompter) => prompter.select(text.which, choices, 0))) ?? undefined;
}

function refuse(run: Run, refusal: Refusal): undefined {
  const says = [reasonOf(run, refusal), text.notApplied];
  run.screen.print(`\n${renderDone({ label: 'refused', says }, run.view)}\n`);
}

function reasonOf({ view }: Run, refusal: Refusal): string {
  if (refusal.because !== 'obstacle') return text[refusal.because];
  const { obstacle } = refusal;
  const says = sayObstacle(view.catalogue, obstacle);
  return obstacle.kind === 'forbidden' ? text.forbidden(says) : text.refused(says);
}

/** Whether the change is offered at all, and whether the answer was yes. */
async function isWanted(run: Run, { managers, beyond }: Extract<Proposed, { ok: true }>): Promise<boolean> {
  const { screen } = run;
  if (managers.length > 0) return false;
  if (!mayChange(run) || beyond) {
    screen.print(`${beyond ? text.beyond : text.printed}\n`);
    return false;
  }
  screen.say(`${text.tried}\n`);
  const choices: Choice<boolean>[] = [
    { value: false, label: text.no, note: text.noNote },
    { value: true, label: text.yes, note: text.yesNote },
  ];
  return (await screen.ask((prompter) => prompter.select(text.ask, choices, 0))) === true;
}

async function apply(run: Run, fix: Fix, proposal: Proposal): Promise<Target | undefined> {
  const { screen, view, connection, target } = run;
  screen.busy(text.applying);
  const endpoints = await endpointsNow(connection.cluster, target);
  const applied = await applyFix(connection.cluster, fix, proposal);
  screen.idle();
  if (applied.done === 'no') return refuse(run, applied.refusal);
  const undo = undoCommand(proposal.before, proposal.after);
  const done =
    applied.done === 'yes'
      ? ({ label: 'applied', says: [text.applied(nameOf(proposal.before))] } as const)
      : ({ label: 'change', says: [text.lost(sayObstacle(view.catalogue, applied.obstacle))] } as const);
  screen.print(`\n${renderDone({ ...done, undo }, view)}`);
  await settle(run, changesEndpoints(proposal) ? endpoints : undefined);
  return portMoved(target, proposal);
}

const nameOf = ({ metadata }: Service): string => `${metadata?.namespace}/${metadata?.name}`;

/** Slices hold addresses and targetPorts; the number of the Service port is known to kube-proxy alone. */
const changesEndpoints = ({ before, after }: Proposal): boolean =>
  JSON.stringify(before.spec?.selector) !== JSON.stringify(after.spec?.selector) ||
  JSON.stringify(targetPorts(before)) !== JSON.stringify(targetPorts(after));

const targetPorts = ({ spec }: Service) => (spec?.ports ?? []).map(({ targetPort }) => targetPort);

/** The port that was asked for, by the number that it has now. */
function portMoved(target: Target, { before, after }: Proposal): Target {
  const index = (before.spec?.ports ?? []).findIndex(({ port }) => String(port) === target.port);
  const now = after.spec?.ports?.[index]?.port;
  return now === undefined ? target : { ...target, port: String(now) };
}

async function settle({ screen, connection, target, signal }: Run, before: string | undefined): Promise<void> {
  screen.busy(text.waiting);
  const took = await tookEffect(connection.cluster.within(signal), target, before, signal);
  screen.idle();
  screen.say(`${before === undefined ? '' : text.effect(took)}\n\n`);
}
