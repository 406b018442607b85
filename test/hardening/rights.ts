/** Takes one right away at a time: what svc-debug makes of it, and whether the Role that it prints is enough. */
import { rightOf } from './lib/access.ts';
import { TRUTHS, type Truth } from './lib/objects.ts';
import type { Stage } from './lib/stage.ts';
import type { Sheet, Trial } from './lib/trial.ts';
import { grant, type Right, rightText, type User, userWith } from './lib/users.ts';
import { asks, isConclusive, keep, obstaclesOf, start, type Walked } from './lib/walk.ts';

export const LESS = 'right less';

/** What every Service was seen to take, by a run that was refused nothing. */
export type Used = Map<Truth, Right[]>;

const same = (a: Right, b: Right): boolean => rightText(a) === rightText(b);
const distinct = (rights: readonly Right[]): Right[] =>
  rights.filter((a, i) => rights.findIndex((b) => same(a, b)) === i);
export const allOf = (used: Used): Right[] => distinct([...used.values()].flat());

/** Runs with every right, also those that look at nodes, and writes down which were used. */
export async function recordRights(stage: Stage, sheet: Sheet, truths: readonly Truth[]): Promise<Used> {
  const used: Used = new Map();
  for (const truth of truths) {
    stage.relay.make();
    const walked = await start(stage, stage.token, asks(stage, truth.service, '--node-checks', 'yes')).ended;
    sheet.judge(walked, truth);
    sheet.expect(isConclusive(walked, truth), `${truth.service}: with every right ${walked.report?.verdict}`);
    used.set(truth, distinct(stage.relay.seen.flatMap((asked) => rightOf(asked) ?? [])));
  }
  return used;
}

/** Without it, and without what would include it. */
const without = (rights: readonly Right[], taken: Right): Right[] =>
  rights.filter(
    (right) =>
      !(right.verb === taken.verb && right.group === taken.group && right.resource === taken.resource) ||
      (right.namespace !== undefined && right.namespace !== taken.namespace),
  );

const names = (walked: Walked, { verb, resource }: Right): boolean =>
  (walked.report ? obstaclesOf(walked.report) : []).some(
    (obstacle) => obstacle.kind === 'forbidden' && obstacle.verb === verb && obstacle.resource === resource,
  ) || walked.stderr.includes(`${verb} ${resource}`);

/** The very cause was found, or all is well: what was refused was learnt in another way. */
const isExact = (walked: Walked, truth: Truth): boolean =>
  isConclusive(walked, truth) && (walked.report?.rootCauses ?? []).every(({ code }) => truth.causes.includes(code));

/** Looks at the Service, and once more with what was printed as a Role where that left it open. */
export async function withRole(
  stage: Stage,
  sheet: Sheet,
  user: User,
  truth: Truth,
  ...args: string[]
): Promise<Walked> {
  const look = () => start(stage, user.token, asks(stage, truth.service, ...args)).ended;
  const walked = await look();
  sheet.judge(walked, truth);
  if (isConclusive(walked, truth)) return walked;
  const roles = walked.report?.roles ?? [];
  if (roles.length === 0) sheet.complain(`${truth.service}: ${walked.report?.verdict}, and no Role that would help`);
  else {
    await grant(stage, user, roles, truth.service);
    const again = await look();
    sheet.judge(again, truth, `${truth.service} with the Role`);
    if (!isConclusive(again, truth)) {
      const open = again.report ? obstaclesOf(again.report).map(({ says, kind }) => says ?? kind) : [];
      sheet.complain(
        `${truth.service}: still ${again.report?.verdict} with ${JSON.stringify(roles)}: ${open.join('; ')}`,
      );
    }
  }
  return walked;
}

const nameOf = (right: Right, namespace: string): string =>
  `without ${rightText(right).replace(namespace, 'the namespace')}`;

/** One trial for each right that was used; on the healthy Service and on one that is broken and needs it. */
export function takenAway(stage: Stage, used: Used): Trial[] {
  const all = allOf(used);
  const broken = [...used.keys()].filter(({ verdict }) => verdict === 'broken');
  const needs = (truth: Truth, right: Right) => used.get(truth)?.some((one) => same(one, right)) ?? false;
  return all.map((right, i) => ({
    area: LESS,
    name: nameOf(right, stage.namespace),
    play: async (_, sheet) => {
      const user = await userWith(stage, `taken-${i}`, without(all, right));
      const sick = broken.find((truth) => needs(truth, right)) ?? TRUTHS.ports;
      for (const truth of [TRUTHS.healthy, sick]) {
        const walked = await withRole(stage, sheet, user, truth, '--node-checks', 'yes');
        if (needs(truth, right) && !isExact(walked, truth) && !names(walked, right))
          sheet.complain(
            `${truth.service}: ${walked.report?.verdict}, and not a word of ${rightText(right)} (${keep(walked)})`,
          );
      }
    },
  }));
}

export const RECORDED: readonly Truth[] = [TRUTHS.healthy, TRUTHS.ports, TRUTHS.crash, TRUTHS.typo, TRUTHS.missing];
/** For the short form. */
export const FEW: readonly Truth[] = [TRUTHS.healthy, TRUTHS.ports];
