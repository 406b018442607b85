import type { Obstacle } from '../model/fact.ts';
import { cleanText } from '../render/sanitize.ts';
import { sayAnswer, sayFinding, sayObstacle, sayRemedy } from '../render/words.ts';
import { noAccess } from '../steps/access/access.ts';
import type { Catalogue } from '../text/catalogue.ts';

/** Why nothing could be read, and what to do next. */
export function noAccessMessage(catalogue: Catalogue, obstacle: Obstacle): string {
  const finding = noAccess(obstacle);
  const [remedy] = finding?.remedies ?? [];
  const said = finding
    ? [sayFinding(catalogue, finding), remedy ? sayRemedy(catalogue, finding, remedy) : '']
    : [sayObstacle(catalogue, obstacle), sayAnswer(catalogue, obstacle)];
  return said
    .filter(Boolean)
    .map((line) => cleanText(line))
    .join('\n           ');
}
