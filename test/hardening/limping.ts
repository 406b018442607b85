/** An API server that limps: time stays bounded, the words are right, and no verdict is wrong. */
import { connectProxy } from './lib/connectProxy.ts';
import { GRACE_SECONDS, LAME, type Lame } from './lib/lame.ts';
import { TRUTHS, type Truth } from './lib/objects.ts';
import type { Stage } from './lib/stage.ts';
import type { Sheet, Trial } from './lib/trial.ts';
import { asks, codesOf, isConclusive, keep, start, type Walked, type WalkOptions } from './lib/walk.ts';

const area = 'limping API';
/** Every wait of svc-debug has a limit; on a machine that is busy with a cluster, all of them together take no longer. */
const LIMIT_SECONDS = 120;
const PAIR: readonly Truth[] = [TRUTHS.healthy, TRUTHS.ports];

function expected(sheet: Sheet, lame: Lame, truth: Truth, walked: Walked): void {
  const { decided, words, exit, limitSeconds = LIMIT_SECONDS } = lame;
  const { report, seconds, stdout, stderr } = walked;
  const said = report && `${report.verdict} (${codesOf(report)})`;
  sheet.judge(walked, truth);
  sheet.expect(seconds < limitSeconds, `${truth.service}: took ${seconds.toFixed(1)} s, ${limitSeconds} at most`);
  if (decided)
    sheet.expect(
      isConclusive(walked, truth),
      `${truth.service}: ${said}, although all of it got through (${keep(walked)})`,
    );
  if (exit !== undefined) sheet.expect(walked.exit === exit, `${truth.service}: exit ${walked.exit}, expected ${exit}`);
  if (words && !isConclusive(walked, truth))
    sheet.expect(words.test(stdout + stderr), `${truth.service}: ${said}, and no word of ${words}`);
}

/** In the short form each fault meets one of the two. */
const oneOf = (lame: Lame): Truth => (LAME.indexOf(lame) % 2 === 0 ? TRUTHS.healthy : TRUTHS.ports);

async function limp(stage: Stage, sheet: Sheet, lame: Lame, options: WalkOptions = {}): Promise<void> {
  for (const truth of stage.bounded ? [oneOf(lame)] : (lame.truths ?? PAIR)) {
    stage.relay.make(lame.fault(stage));
    expected(
      sheet,
      lame,
      truth,
      await start(stage, stage.token, asks(stage, truth.service, ...(lame.args ?? [])), options).ended,
    );
    await stage.relay.open();
  }
}

/** What --timeout cut short is printed as far as it is known. */
async function printsWhatIsKnown(stage: Stage, sheet: Sheet): Promise<void> {
  stage.relay.make(({ upgrade }) => (upgrade ? { kind: 'hang' } : undefined));
  const args = asks(stage, TRUTHS.ports.service, '--timeout', '12s').filter((word) => word !== '-o' && word !== 'json');
  const { stdout, seconds } = await start(stage, stage.token, args).ended;
  sheet.runs++;
  sheet.expect(/^ok +access/m.test(stdout), `no line of what was known: ${stdout.slice(0, 300)}`);
  sheet.expect(/STOPPED|UNCLEAR|CAUSE/.test(stdout), `no ending: ${stdout.slice(-300)}`);
  sheet.expect(seconds < 12 + GRACE_SECONDS, `took ${seconds.toFixed(1)} s`);
}

async function throughProxy(
  stage: Stage,
  sheet: Sheet,
  refusing: number | undefined,
  expects: Omit<Lame, 'name' | 'fault'>,
): Promise<void> {
  const proxy = await connectProxy(stage.relay.port, refusing);
  const options = { host: 'api.hardening.test', env: { HTTPS_PROXY: proxy.url } };
  try {
    await limp(stage, sheet, { name: '', fault: () => () => undefined, ...expects }, options);
    sheet.expect(proxy.asked.length > 0, 'nothing came through the proxy');
  } finally {
    proxy.close();
  }
}

export const limping: readonly Trial[] = [
  ...LAME.map(
    (lame): Trial => ({
      area,
      name: lame.name,
      ...(lame.short && { short: true }),
      play: (stage, sheet) => limp(stage, sheet, lame),
    }),
  ),
  { area, name: 'the certificate has expired', play: expired },
  { area, name: '--timeout prints what is known', short: true, play: printsWhatIsKnown },
  {
    area,
    name: 'an HTTP proxy in between',
    short: true,
    play: (stage, sheet) => throughProxy(stage, sheet, undefined, { decided: true }),
  },
  {
    area,
    name: 'an HTTP proxy that wants a password',
    play: (stage, sheet) => throughProxy(stage, sheet, 407, { exit: 4, words: /407/ }),
  },
];

async function expired(stage: Stage, sheet: Sheet): Promise<void> {
  stage.relay.make();
  stage.relay.expire();
  const truth = TRUTHS.healthy;
  const lame = { name: '', fault: () => () => undefined, exit: 4, words: /certificate/ };
  expected(sheet, lame, truth, await start(stage, stage.token, asks(stage, truth.service)).ended);
}
