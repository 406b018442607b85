import type { Code } from '../model/finding.ts';
import { STEP_IDS } from '../model/finding.ts';
import { PAGE } from '../text/catalogue.ts';
import { type Block, blockLines, hang, paragraph, printed } from './layout.ts';
import type { View } from './report.ts';
import { textOf } from './words.ts';

/** Every code that can be explained. */
export const codesOf = ({ catalogue }: Pick<View, 'catalogue'>): Code[] =>
  Object.keys(catalogue.findings).sort() as Code[];

/** What a finding means, why it breaks the Service, how to prove it by hand and how to mend it; undefined for an unknown code. */
export function renderExplanation(code: string, view: View): string | undefined {
  const text = textOf(view.catalogue, code);
  if (!text) return undefined;
  const { ui, steps } = view.catalogue;
  const id = STEP_IDS.find((step) => code.startsWith(`${step}/`)) ?? 'access';
  const block = (label: string, said: string): Block => ({ label, meaning: 'heading', pieces: [paragraph(said)] });
  const blocks = [
    block(ui.explain.why, text.why),
    block(ui.explain.prove, text.prove),
    block(ui.explain.mend, text.mend),
  ];
  return printed([
    ...hang('', `${view.theme.paint('heading', code)}, ${ui.explain.foundBy(id, steps[id].title)}`, view.width),
    ...blocks.flatMap((part) => blockLines(part, view)),
    ...blockLines({ label: ui.explain.page, meaning: 'heading', pieces: [paragraph(PAGE + steps[id].anchor)] }, view),
  ]);
}
