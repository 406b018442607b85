import type { Confirmation } from './case.ts';
import { fill } from './case.ts';
import { poll } from './command.ts';
import type { Stage } from './stage.ts';
import { act, filled, StageError } from './stage.ts';

const SHOWS_WITHIN_MS = 45_000;
const MENDED_WITHIN_MS = 90_000;
/** Long enough for what one mend leads to: a rollout, new rules. */
const STAYS_BROKEN_MS = 15_000;
/** Misses a backend that is bad in one of three connections with less than 1 in 1000. */
const TRIES = 18;

/** Waits until plain requests from a pod of the case show what they should. Throws StageError when they never do. */
export async function confirm(stage: Stage): Promise<void> {
  for (const one of stage.played.confirm) {
    const last = { seen: '' };
    if (!(await poll(SHOWS_WITHIN_MS, stage.signal, () => shows(stage, one, one.shows, last))))
      throw new StageError(`\`${fill(one.run, stage.values)}\` from ${one.from} never ${one.shows}: ${last.seen}`);
  }
}

/**
 * Mends the root causes alone, and waits until every request answers. Throws StageError when one does not, or when two
 * faults turn out to be one.
 */
export async function confirmMended(stage: Stage): Promise<void> {
  const { mend = [], faults = 1, confirm } = stage.played;
  if (faults > 1) await confirmHalfMended(stage);
  await act(stage, faults > 1 ? mend.slice(1) : mend);
  for (const one of confirm) {
    const last = { seen: '' };
    if (!(await poll(MENDED_WITHIN_MS, stage.signal, () => shows(stage, one, 'answers', last))))
      throw new StageError(`mended, yet \`${fill(one.run, stage.values)}\` from ${one.from} fails: ${last.seen}`);
  }
}

/** With one fault mended, the other alone must keep some request from answering. */
async function confirmHalfMended(stage: Stage): Promise<void> {
  const { mend = [], confirm } = stage.played;
  await act(stage, mend.slice(0, 1));
  const allAnswer = async () => {
    for (const one of confirm) if (!(await shows(stage, one, 'answers', { seen: '' }))) return false;
    return true;
  };
  if (await poll(STAYS_BROKEN_MS, stage.signal, allAnswer))
    throw new StageError('two faults, yet mending the first of them mends all');
}

async function shows(
  stage: Stage,
  one: Confirmation,
  wanted: Confirmation['shows'],
  last: { seen: string },
): Promise<boolean> {
  const command = fill(one.run, stage.values);
  // One shell asks all of them; for a mixture it ends when both kinds were seen, otherwise at the first that is not as wanted.
  const script = `n=0; ok=0; bad=0
while [ $n -lt ${one.shows === 'mixed' ? TRIES : 2} ]; do
  n=$((n+1)); if out=$( { ${command}; } 2>&1 </dev/null); then ok=$((ok+1)); else bad=$((bad+1)); fi
  ${wanted === 'mixed' ? '[ $ok -gt 0 ] && [ $bad -gt 0 ] && break' : ''}
  ${wanted === 'answers' ? '[ $bad -gt 0 ] && break' : ''}
  ${wanted === 'fails' ? '[ $ok -gt 0 ] && break' : ''}
done
echo "$ok answered, $bad failed: $out"
${{ mixed: '[ $ok -gt 0 ] && [ $bad -gt 0 ]', answers: '[ $bad -eq 0 ]', fails: '[ $ok -eq 0 ]' }[wanted]}`;
  const args = ['-n', stage.values.NS!, 'exec', ...filled(one.from, stage.values), '--', 'sh', '-c', script];
  const result = await stage.cluster.kubectl(args, { signal: stage.signal, timeoutMs: 90_000 });
  last.seen = `${result.stdout}${result.stderr}`.trim().slice(0, 300);
  return result.exit === 0 && result.stdout.includes('answered,');
}
