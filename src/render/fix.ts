import type { Command } from '../model/command.ts';
import type { Manager } from '../model/fix/managers.ts';
import { isFromFile } from '../model/fix/managers.ts';
import { written } from '../model/fix/narrow.ts';
import type { Service } from '../model/kubernetes.ts';
import { fix as text } from '../text/en/fix.ts';
import { type DiffLine, diffLines } from './diff.ts';
import { type Block, blockLines, paragraph, printed } from './layout.ts';
import type { View } from './report.ts';
import { type Clean, clean } from './sanitize.ts';
import type { Meaning } from './theme.ts';
import { sayCommand } from './words.ts';
import { yamlLines } from './yaml.ts';

/** A change of a Service that is about to be offered. */
export interface Proposal {
  before: Service;
  after: Service;
  /** Who else keeps the Service; empty: nobody. */
  managers: readonly Manager[];
}

const SIGNS = { both: ' ', before: '-', after: '+' } as const satisfies Record<DiffLine['side'], string>;
const MEANINGS: Record<DiffLine['side'], Meaning | undefined> = { both: undefined, before: 'bad', after: 'good' };

const nameOf = ({ metadata }: Service): string => `${metadata?.namespace}/${metadata?.name}`;

/** Who keeps the Service, and the change as a diff: never wrapped, so that it can be copied. */
export function renderProposal(proposal: Clean<Proposal>, view: View): string {
  const { before, after, managers } = proposal;
  const { labels } = text;
  const isManaged = managers.length > 0;
  const head: Block[] = isManaged
    ? [
        { label: labels.managed, meaning: 'warning', pieces: [paragraph(text.managers(nameOf(before), managers))] },
        { label: labels.source, meaning: 'heading', pieces: [paragraph(text.source(managers))] },
      ]
    : [{ label: labels.change, meaning: 'heading', pieces: [paragraph(text.change(nameOf(before)))] }];
  const note = !isManaged && isFromFile(before) ? [text.fromFile] : [];
  return printed([
    '',
    ...head.flatMap((block) => blockLines(block, view)),
    ...shown(before, after, view),
    ...note.flatMap((says) => blockLines({ label: '', pieces: [paragraph(says)] }, view)),
  ]);
}

const shown = (before: Service, after: Service, { theme }: View): string[] =>
  diffLines(yamlLines(written(before)), yamlLines(written(after))).map(({ side, text: line }) => {
    const meaning = MEANINGS[side];
    const signed = `${SIGNS[side]} ${line}`;
    return meaning ? theme.paint(meaning, signed) : signed;
  });

/** What was done, or why not, and the command that takes it back. */
export function renderDone(
  { label, says, undo }: { label: keyof typeof text.labels; says: readonly string[]; undo?: Command },
  view: View,
): string {
  const meaning = label === 'refused' ? 'bad' : label === 'applied' ? 'good' : 'heading';
  const blocks: Block[] = [
    { label: text.labels[label], meaning, pieces: clean(says).map(paragraph) },
    ...(undo
      ? [
          {
            label: text.labels.undo,
            meaning: 'heading',
            pieces: [paragraph(text.undo), { command: sayCommand(view, clean({ command: undo }).command) }],
          } as const,
        ]
      : []),
  ];
  return printed(blocks.flatMap((block) => blockLines(block, view)));
}
