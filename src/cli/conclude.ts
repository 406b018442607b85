import { NODE_LIFE_SECONDS, NODE_NAMESPACE } from '../cluster/nodeShell.ts';
import { PROBE_IMAGE } from '../cluster/probeManifest.ts';
import { renderEvidence } from '../render/evidence.ts';
import { renderLeftovers } from '../render/leftovers.ts';
import { clean, cleanText } from '../render/sanitize.ts';
import { fix as fixText } from '../text/en/fix.ts';
import { wizard as text } from '../text/en/wizard.ts';
import { EXIT } from './exit.ts';
import { mend, waysToMend } from './fix/mend.ts';
import type { Run } from './run.ts';
import { saveReport } from './saveReport.ts';
import { type Told, tellWalk, type WalkPlan } from './tellWalk.ts';
import { type WatchOptions, watch } from './watch.ts';

type Key = 'f' | 'w' | 'e' | 's' | 'n' | 'p' | 'h' | 'q';

/** After a change everything is walked until it answers, or for so long: a node may take a while to follow. */
const SETTLING: WatchOptions = {
  withinMs: 6000,
  doing: text.progress.settling,
  late: () => fixText.notMended,
};

/**
 * What remains when the ending is printed: the last menu, where someone is there, and the removal of what was created.
 * `asked`: what the flags ask for before the menu, once.
 */
export async function conclude(
  run: Run,
  plan: WalkPlan,
  told: Told,
  asked: Key | null = keyOfFlags(run, plan, told),
): Promise<number> {
  const again = await next(run, plan, told, asked);
  await settle(run, told);
  if (!again) return EXIT[told.report.diagnosis.verdict];
  return concludeAgain(again.run, again.plan, await again.walk());
}

const concludeAgain = (run: Run, plan: WalkPlan, told: Told): Promise<number> => conclude(run, plan, told, null);

/** What --fix and --watch ask for. Without somebody who can say yes, a change is shown and no more. */
function keyOfFlags(run: Run, plan: WalkPlan, told: Told): Key | null {
  const { fix, watch: watches, output } = run.options;
  const mendable = waysToMend(run, told) > 0 && output === 'text';
  if (mendable && (fix !== undefined || (watches && hasMenu(run)))) return 'f';
  return watches && mayHeal(told, plan) ? 'w' : null;
}

async function next(run: Run, plan: WalkPlan, told: Told, asked: Key | null): Promise<Again | undefined> {
  if (run.signal.aborted) return undefined;
  const again = asked ? await obey(run, plan, told, asked) : undefined;
  return again || !hasMenu(run) ? again : menu(run, plan, told);
}

/** With nothing but results on stdout, or with nobody there, the ending is the end. */
const hasMenu = ({ screen, options, host, signal }: Run): boolean =>
  screen.interactive && options.output === 'text' && host.stdout.isTTY === true && !signal.aborted;

/** Waits until what was created is removed, and names what is not. */
async function settle({ screen, view }: Run, { removed }: Told): Promise<void> {
  screen.busy(text.progress.removing);
  const left = await removed;
  screen.idle();
  screen.say(renderLeftovers(clean(left), view));
}

interface Again {
  run: Run;
  plan: WalkPlan;
  walk(): Promise<Told>;
}

/** The menu, until it is left: undefined to quit, else the walk that comes next. */
async function menu(run: Run, plan: WalkPlan, told: Told): Promise<Again | undefined> {
  run.screen.print('\n');
  for (;;) {
    const key = await run.screen.ask((prompter) => prompter.key(entries(run, told, plan)));
    if (key === undefined || key === 'q') return undefined;
    const again = await obey(run, plan, told, key);
    if (again || run.signal.aborted) return again;
  }
}

/** Does what a key stands for. Gives the walk that comes next, if one does. */
async function obey(run: Run, plan: WalkPlan, told: Told, key: Key): Promise<Again | undefined> {
  const { screen, view } = run;
  const { consent } = plan;
  const deeper = (more: Partial<typeof consent>): Again => {
    const changed = { ...plan, consent: { ...consent, ...more } };
    return { run, plan: changed, walk: () => tellWalk(run, changed) };
  };
  switch (key) {
    case 'e':
      screen.print(renderEvidence(clean(told.report), view));
      return undefined;
    case 's':
      await saveReport(run, told.report);
      return undefined;
    case 'f': {
      const target = await mend(run, told);
      return target && { run: { ...run, target }, plan, walk: () => walkMended({ ...run, target }, plan) };
    }
    case 'w':
      return { run, plan, walk: () => watch(run, plan, { before: told.report }) };
    case 'n':
      return deeper({ nodeChecks: true });
    case 'p':
      return deeper({ nodeShell: true });
    case 'h':
      return deeper({ ephemeral: true });
    case 'q':
      return undefined;
  }
}

const walkMended = (run: Run, plan: WalkPlan): Promise<Told> => watch(run, plan, run.options.watch ? {} : SETTLING);

/** Nodes that only a privileged pod could tell more of: the menu names what it would be, and where. */
const barredNodes = ({ report }: Told, { consent }: WalkPlan): string[] =>
  consent.nodeShell
    ? []
    : report.diagnosis.notChecked.flatMap(({ obstacle }) => (obstacle.kind === 'needs-node' ? [obstacle.node] : []));

/** Without a vantage point only what the API calls broken can turn green. */
const mayHeal = ({ report: { diagnosis } }: Told, { places }: WalkPlan): boolean =>
  diagnosis.verdict === 'broken' || (diagnosis.verdict === 'inconclusive' && places.length > 0);

function entries(run: Run, told: Told, plan: WalkPlan): { key: Key; label: string }[] {
  const { options } = run;
  const { diagnosis } = told.report;
  const { verdict, notChecked } = diagnosis;
  const ways = waysToMend(run, told);
  const asksNodes = notChecked.some(({ obstacle }) => obstacle.kind === 'not-consented' && /node/.test(obstacle.flag));
  const barred = [...new Set(barredNodes(told, plan))];
  const pod = text.menu.privileged(barred, NODE_NAMESPACE, options.image ?? PROBE_IMAGE, NODE_LIFE_SECONDS);
  const shut = notChecked.flatMap(({ obstacle }) => (obstacle.kind === 'needs-ephemeral' ? [obstacle.pod] : []))[0];
  return [
    ...(ways > 0 ? [{ key: 'f', label: fixText.menu(ways) } as const] : []),
    ...(mayHeal(told, plan) ? [{ key: 'w', label: text.menu.watch } as const] : []),
    { key: 'e', label: text.menu.evidence },
    { key: 's', label: text.menu.report },
    ...(asksNodes && plan.places.length > 0 ? [{ key: 'n', label: text.menu.nodes } as const] : []),
    ...(barred.length > 0 ? [{ key: 'p', label: cleanText(pod) } as const] : []),
    ...(shut && !plan.consent.ephemeral
      ? [{ key: 'h', label: cleanText(text.menu.ephemeral(shut, options.image ?? PROBE_IMAGE)) } as const]
      : []),
    { key: 'q', label: text.menu.quit(EXIT[verdict]) },
  ];
}
