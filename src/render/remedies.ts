import type { PlacedFinding } from '../model/diagnosis.ts';
import type { Remedy } from '../model/finding.ts';
import { type Piece, paragraph } from './layout.ts';
import type { View } from './report.ts';
import { lowerFirst, sayCommand, sayRemedy } from './words.ts';

/** Those that stop the harm, and those that mend the source. */
export function remediesOf({ remedies }: PlacedFinding): { now: readonly Remedy[]; later: readonly Remedy[] } {
  const all: readonly Remedy[] = remedies;
  const someCommand = all.some(({ commands, later }) => commands.length > 0 && !later);
  const isLater = ({ commands, later }: Remedy) => later === true || (someCommand && commands.length === 0);
  return { now: all.filter((remedy) => !isLater(remedy)), later: all.filter(isLater) };
}

/** What to do, each with its commands, at most `most` of them. */
export function remedyPieces(cause: PlacedFinding, remedies: readonly Remedy[], view: View, most: number): Piece[] {
  const { or, more } = view.catalogue.ui.ending;
  const left = remedies.length - most;
  const told = remedies.slice(0, most).flatMap((remedy, i): Piece[] => {
    const says = sayRemedy(view.catalogue, cause, remedy);
    const text = i === 0 ? says : or(lowerFirst(says));
    const commands = remedy.commands.map((command) => ({ command: sayCommand(view, command) }));
    return [paragraph(commands.length > 0 ? `${text.replace(/[.:]$/, '')}:` : text), ...commands];
  });
  return left > 0 ? [...told, paragraph(more(left))] : told;
}
