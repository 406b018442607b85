/** People as they are found in production, by their rights. */
import { CLIENT, TRUTHS, type Truth } from './lib/objects.ts';
import type { Stage } from './lib/stage.ts';
import type { Sheet, Trial } from './lib/trial.ts';
import { bindExisting, type Right, userWith } from './lib/users.ts';
import { asks, isConclusive, obstaclesOf, start, type Walked } from './lib/walk.ts';
import { allOf, LESS, type Used, withRole } from './rights.ts';

const area = 'few rights';
const PAIR = [TRUTHS.healthy, TRUTHS.ports] as const;

const exec = (namespace: string, ...verbs: string[]): Right[] =>
  verbs.map((verb) => ({ verb, group: '', resource: 'pods/exec', namespace }));

const expectConclusive = (sheet: Sheet, walked: Walked, truth: Truth): void =>
  sheet.expect(
    isConclusive(walked, truth),
    `${truth.service}: ${walked.report?.verdict}: ${walked.report ? obstaclesOf(walked.report).map(({ says }) => says) : ''}`,
  );

async function look(stage: Stage, sheet: Sheet, token: string, truth: Truth, ...args: string[]): Promise<Walked> {
  const walked = await start(stage, token, asks(stage, truth.service, ...args)).ended;
  sheet.judge(walked, truth);
  return walked;
}

/** The usual case of production. */
async function viewerWithExec(stage: Stage, sheet: Sheet, name: string, args: readonly string[]): Promise<void> {
  const user = await userWith(stage, name, exec(stage.namespace, 'get', 'create'));
  await bindExisting(stage, user, 'view');
  for (const truth of PAIR) expectConclusive(sheet, await look(stage, sheet, user.token, truth, ...args), truth);
}

export const personas: readonly Trial[] = [
  {
    area,
    name: 'a viewer of one namespace plus exec there, from a pod',
    short: true,
    play: (stage, sheet) => viewerWithExec(stage, sheet, 'viewer-exec-from', ['--from', `pod/${CLIENT}`]),
  },
  {
    area,
    name: 'a viewer of one namespace plus exec there',
    short: true,
    play: (stage, sheet) => viewerWithExec(stage, sheet, 'viewer-exec', []),
  },
  {
    area,
    name: 'a viewer of one namespace',
    short: true,
    play: async (stage, sheet) => {
      const user = await userWith(stage, 'viewer', []);
      await bindExisting(stage, user, 'view');
      for (const truth of PAIR) await withRole(stage, sheet, user, truth);
    },
  },
  {
    area,
    name: 'a user of one namespace (edit)',
    play: async (stage, sheet) => {
      const user = await userWith(stage, 'editor', []);
      await bindExisting(stage, user, 'edit');
      for (const truth of PAIR) expectConclusive(sheet, await look(stage, sheet, user.token, truth), truth);
    },
  },
  {
    area,
    name: 'create on pods/exec without get: says exactly that',
    short: true,
    play: async (stage, sheet) => {
      const user = await userWith(stage, 'create-only', exec(stage.namespace, 'create'));
      await bindExisting(stage, user, 'view');
      const walked = await look(stage, sheet, user.token, TRUTHS.healthy, '--from', `pod/${CLIENT}`);
      const obstacles = walked.report ? obstaclesOf(walked.report) : [];
      sheet.expect(
        obstacles.some(({ verb, resource }) => verb === 'get' && resource === 'pods/exec'),
        `does not name get pods/exec: ${obstacles.map(({ says }) => says)}`,
      );
      await withRole(stage, sheet, user, TRUTHS.healthy, '--from', `pod/${CLIENT}`);
    },
  },
  {
    area,
    name: 'nobody: no right at all',
    play: async (stage, sheet) => {
      const user = await userWith(stage, 'nobody', []);
      const walked = await look(stage, sheet, user.token, TRUTHS.healthy);
      sheet.expect(walked.exit === 4, `exit ${walked.exit}, expected 4`);
    },
  },
];

/** Everybody's rights but those of a kind. */
const lacking = (name: string, title: string, used: Used, has: (right: Right, home: string) => boolean): Trial => ({
  area: LESS,
  name: title,
  play: async (stage, sheet) => {
    const rights = allOf(used).filter((right) => has(right, stage.namespace));
    const user = await userWith(stage, name, rights);
    for (const truth of PAIR) await withRole(stage, sheet, user, truth);
  },
});

export const without = (used: Used): Trial[] => [
  lacking('no-exec', 'a user without pods/exec', used, ({ resource }) => resource !== 'pods/exec'),
  lacking('no-nodes', 'a user without nodes', used, ({ resource }) => resource !== 'nodes'),
  lacking('no-kube-system', 'a user without kube-system', used, ({ namespace }) => namespace !== 'kube-system'),
  lacking('one-namespace', 'a user of one namespace only', used, ({ namespace }, home) => namespace === home),
];
