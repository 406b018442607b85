/**
 * Holds the NetworkPolicy evaluator against a real cluster.
 *
 *   networkPolicy.ts [--seed N] [--pairs N] [--prefix NAME] [--image AGNHOST] [--settle MS] [--keep] [--table FILE]
 *
 * Makes six pods in three namespaces (PREFIXa, PREFIXb, PREFIXc) of the cluster that kubectl talks to, and round by round
 * a set of policies drawn from the seed. Asks from the pods whether connections really go through, and compares.
 * Where both differ the connection is asked again twice, more slowly: enforcement takes its time. Exit 1 on a difference that
 * stays, 2 when the cluster cannot be used. The last line counts; what cannot be told is skipped. --table writes the
 * result down. A plugin may deviate from the API reference (ipBlock and pod addresses, above
 * all): look at what is printed before the evaluator is blamed.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import type { NetworkPolicy } from '../../src/model/kubernetes.ts';
import { mayConnect } from '../../src/model/networkPolicy/mayConnect.ts';
import type { Connection, PodParty } from '../../src/model/networkPolicy/party.ts';
import { LISTENING, makeWorld, policiesOver, type World } from '../model/networkPolicy/world.ts';
import { page, type Tally } from './page.ts';
import { apply, connects, kubectl, makePods, removeNamespaces, serverVersion } from './pods.ts';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    pairs: { type: 'string', default: '300' },
    prefix: { type: 'string', default: 'c-np-' },
    image: { type: 'string', default: 'registry.k8s.io/e2e-test-images/agnhost:2.53' },
    settle: { type: 'string', default: '1000' },
    keep: { type: 'boolean', default: false },
    table: { type: 'string' },
  },
});

/** So many connections are drawn under one set of policies, and at most so many of each kind are asked. */
const DRAWN = 400;
const ASKED = { denied: 10, 'by a rule': 10, free: 4, unknown: 4 } as const;
type Kind = keyof typeof ASKED;

type Question = Connection & { client: PodParty; backend: PodParty };

const settleMs = Number(flags.settle);
const wanted = Number(flags.pairs);
const seed = Number(flags.seed);

async function main(): Promise<number> {
  const world = await makePods(makeWorld(flags.prefix), flags.image);
  const tally: Tally = { seed, compared: 0, allowed: 0, denied: 0, unknown: 0, rounds: 0, differences: 0 };
  for (let round = 0; tally.compared < wanted; round += 1) await play(world, seed * 10_000 + round, tally);
  const { compared, allowed, denied, unknown, rounds, differences } = tally;
  console.log(
    `seed ${seed}: ${rounds} rounds, ${compared} connections compared (${allowed} allowed, ${denied} denied), ${unknown} unknown`,
  );
  if (flags.table) writeFileSync(flags.table, page(tally, await serverVersion()));
  console.log(`${compared - differences} passed, ${differences} failed, ${unknown} skipped`);
  return differences === 0 ? 0 : 1;
}

async function play(world: World, roundSeed: number, tally: Tally): Promise<void> {
  const [policies = []] = fc.sample(policiesOver(world).policies, { seed: roundSeed, numRuns: 1 });
  const questions = mixed(fc.sample(questionsOver(world, policies), { seed: roundSeed, numRuns: DRAWN }));
  await replacePolicies(world, policies);
  await sleep(settleMs);
  const differing = await compare(questions, tally);
  tally.differences += (await confirmed(differing)).length;
  tally.rounds += 1;
}

const questionsOver = (world: World, policies: NetworkPolicy[]): fc.Arbitrary<Question> =>
  fc
    .record({
      client: fc.constantFrom(...world.pods),
      backend: fc.constantFrom(...world.pods),
      listening: fc.constantFrom(...LISTENING),
    })
    .map(({ client, backend, listening: { port, protocol } }) => ({
      policies,
      client,
      backend,
      port,
      protocol,
      namespaces: world.namespaces,
    }));

/** Most connections are free, and say little: some of each kind. */
function mixed(drawn: readonly Question[]): Question[] {
  const unlike = [...new Map(drawn.map((question) => [nameOf(question), question])).values()];
  const kinds = Object.entries(ASKED) as [Kind, number][];
  return kinds.flatMap(([kind, most]) => unlike.filter((question) => kindOf(question) === kind).slice(0, most));
}

function kindOf(question: Question): Kind {
  const { allowed, ingress, egress } = mayConnect(question);
  if (allowed === 'unknown') return 'unknown';
  if (!allowed) return 'denied';
  return ingress.because === 'rule' || egress.because === 'rule' ? 'by a rule' : 'free';
}

const podName = (pod: PodParty): string => `${pod.namespace}/${pod.name} (${pod.addresses[0]})`;

const nameOf = ({ client, backend, port, protocol }: Question): string =>
  `${podName(client)} -> ${podName(backend)} ${port}/${protocol}`;

async function replacePolicies({ namespaces }: World, policies: readonly NetworkPolicy[]): Promise<void> {
  const names = Object.keys(namespaces);
  await Promise.all(names.map((namespace) => kubectl(['-n', namespace, 'delete', 'networkpolicy', '--all', '--wait'])));
  await apply(policies);
}

async function compare(questions: readonly Question[], tally: Tally): Promise<Question[]> {
  const decided = questions.filter((question) => mayConnect(question).allowed !== 'unknown');
  const real = await connects(decided);
  tally.unknown += questions.length - decided.length;
  tally.compared += decided.length;
  tally.allowed += real.filter((went) => went).length;
  tally.denied += real.filter((went) => !went).length;
  return decided.filter((question, i) => mayConnect(question).allowed !== real[i]);
}

/** The differences that stay when asked again, printed. */
async function confirmed(differing: readonly Question[]): Promise<Question[]> {
  let left = differing;
  for (const wait of [2, 4]) {
    if (left.length === 0) return [];
    await sleep(wait * settleMs);
    const real = await connects(left);
    left = left.filter((question, i) => mayConnect(question).allowed !== real[i]);
  }
  for (const question of left) report(question);
  return [...left];
}

function report(question: Question): void {
  const verdict = mayConnect(question);
  console.log(`DIFFERS ${nameOf(question)}: really ${!verdict.allowed}`);
  console.log(JSON.stringify({ verdict, policies: question.policies }, null, 1));
}

let code = 2;
try {
  code = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
} finally {
  if (!flags.keep) await removeNamespaces(Object.keys(makeWorld(flags.prefix).namespaces));
}
process.exitCode = code;
