import { NODE_LIFE_SECONDS, NODE_NAMESPACE } from '../cluster/nodeShell.ts';
import { PROBE_IMAGE } from '../cluster/probeManifest.ts';
import { renderEvidence } from '../render/evidence.ts';
import { clean, cleanText } from '../render/sanitize.ts';
import { wizard as text } from '../text/en/wizard.ts';
import { EXIT } from './exit.ts';
import type { Run } from './run.ts';
import { saveReport } from './saveReport.ts';
import { type Told, tellWalk, type WalkPlan } from './tellWalk.ts';
import { watch } from './watch.ts';

type Key = 'w' | 'e' | 's' | 'n' | 'p' | 'h' | 'q';

/** What remains when the ending is printed: the last menu, where someone is there, and the removal of what was created. */
export async function conclude(run: Run, plan: WalkPlan, told: Told): Promise<number> {
  const again = hasMenu(run) ? await menu(run, plan, told) : undefined;
  await settle(run, told);
  if (!again) return EXIT[told.report.diagnosis.verdict];
  return conclude(run, again.plan, await again.walk());
}

/** With nothing but results on stdout, or with nobody there, the ending is the end. */
const hasMenu = ({ screen, options, host, signal }: Run): boolean =>
  screen.interactive && options.output === 'text' && host.stdout.isTTY === true && !signal.aborted;

/** Waits until what was created is removed, and names what is not. */
async function settle({ screen }: Run, { removed }: Told): Promise<void> {
  screen.busy(text.progress.removing);
  const left = await removed;
  screen.idle();
  if (left.length > 0) screen.say(`${text.left(left)}\n`);
}

interface Again {
  plan: WalkPlan;
  walk(): Promise<Told>;
}

/** The menu, until it is left: undefined to quit, else the walk that comes next. */
async function menu(run: Run, plan: WalkPlan, told: Told): Promise<Again | undefined> {
  const { screen, view } = run;
  screen.print('\n');
  for (;;) {
    const key = await screen.ask((prompter) => prompter.key(entries(run, told, plan)));
    switch (key) {
      case 'e':
        screen.print(renderEvidence(clean(told.report), view));
        break;
      case 's':
        await saveReport(run, told.report);
        break;
      case 'w':
        return { plan, walk: () => watch(run, plan) };
      case 'n': {
        const deeper = { ...plan, consent: { ...plan.consent, nodeChecks: true } };
        return { plan: deeper, walk: () => tellWalk(run, deeper) };
      }
      case 'p': {
        const deepest = { ...plan, consent: { ...plan.consent, nodeShell: true } };
        return { plan: deepest, walk: () => tellWalk(run, deepest) };
      }
      case 'h': {
        const inside = { ...plan, consent: { ...plan.consent, ephemeral: true } };
        return { plan: inside, walk: () => tellWalk(run, inside) };
      }
      default:
        return undefined;
    }
  }
}

/** Nodes that only a privileged pod could tell more of: the menu names what it would be, and where. */
const barredNodes = ({ report }: Told, { consent }: WalkPlan): string[] =>
  consent.nodeShell
    ? []
    : report.diagnosis.notChecked.flatMap(({ obstacle }) => (obstacle.kind === 'needs-node' ? [obstacle.node] : []));

function entries({ options }: Run, told: Told, plan: WalkPlan): { key: Key; label: string }[] {
  const { diagnosis } = told.report;
  const { verdict, notChecked } = diagnosis;
  const asksNodes = notChecked.some(({ obstacle }) => obstacle.kind === 'not-consented' && /node/.test(obstacle.flag));
  const barred = [...new Set(barredNodes(told, plan))];
  const pod = text.menu.privileged(barred, NODE_NAMESPACE, options.image ?? PROBE_IMAGE, NODE_LIFE_SECONDS);
  const shut = notChecked.flatMap(({ obstacle }) => (obstacle.kind === 'needs-ephemeral' ? [obstacle.pod] : []))[0];
  const mayHeal = verdict === 'broken' || (verdict === 'inconclusive' && plan.places.length > 0);
  return [
    ...(mayHeal ? [{ key: 'w', label: text.menu.watch } as const] : []),
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
