import type { Leftover } from '../model/leftover.ts';
import { rolesFor } from '../model/roles.ts';
import { printed, wrap } from './layout.ts';
import type { View } from './report.ts';
import { manifestLines } from './rights.ts';
import type { Clean } from './sanitize.ts';
import { sayCommand, sayObstacle, unique } from './words.ts';

const namespaceOf = ({ pod }: Leftover): string => pod.slice(0, pod.indexOf('/'));

/** Pods of ours that are still there: why, for how long, who removes them with what, and the right that was missing. */
export function renderLeftovers(left: Clean<readonly Leftover[]>, view: View): string {
  if (left.length === 0) return '';
  const { ui } = view.catalogue;
  const roles = manifestLines(rolesFor(left.map(({ obstacle }) => obstacle)));
  return printed([
    ...left.flatMap(({ pod, lifeSeconds, obstacle }) =>
      wrap(ui.ending.left(pod, sayObstacle(view.catalogue, obstacle), lifeSeconds), view.width),
    ),
    ...unique(left.map(namespaceOf)).map((namespace) => sayCommand(view, ['svc-debug', 'cleanup', '-n', namespace])),
    ...(roles.length > 0 ? [...wrap(ui.ending.roleToRemove, view.width), ...roles] : []),
  ]);
}
