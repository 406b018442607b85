/** The ways in which an API server limps. */
import {
  type Fault,
  isList,
  loginPage,
  oneIn,
  random,
  redirect,
  resourceIs,
  serverError,
  type Trouble,
  tooMany,
  unavailable,
} from './faults.ts';
import type { Truth } from './objects.ts';
import type { Stage } from './stage.ts';

/** What may pass after the time of --timeout is up: five seconds to remove the probe pod, and Node's own start. */
export const GRACE_SECONDS = 15;

export interface Lame {
  name: string;
  short?: boolean;
  /** Made anew for each run. */
  fault: (stage: Stage) => Fault;
  truths?: readonly Truth[];
  /** The verdict is to be decided all the same. */
  decided?: true;
  /** What has to stand in the output where nothing is decided. */
  words?: RegExp;
  exit?: number;
  args?: readonly string[];
  limitSeconds?: number;
}

const always =
  (trouble: ReturnType<Fault>): (() => Fault) =>
  () =>
  () =>
    trouble;
/** From the nth request on. */
const from =
  (n: number, trouble: ReturnType<Fault>): (() => Fault) =>
  () =>
  (_, index) =>
    index >= n ? trouble : undefined;
/** At the nth request, once. */
const at =
  (n: number, happens: (stage: Stage) => void) =>
  (stage: Stage): Fault =>
  (_, index) => {
    if (index === n) happens(stage);
    return undefined;
  };
const only =
  (isMeant: (asked: Parameters<Fault>[0]) => boolean, trouble: ReturnType<Fault>): (() => Fault) =>
  () =>
  (asked) =>
    isMeant(asked) ? trouble : undefined;

/** Each URL is refused the first time. */
const firstTime = (trouble: ReturnType<Fault>) => (): Fault => {
  const known = new Set<string>();
  return ({ method, url }) => {
    const key = `${method} ${url}`;
    if (known.has(key)) return undefined;
    known.add(key);
    return trouble;
  };
};

const seldom = (trouble: Trouble) => (stage: Stage) => oneIn(3, random(stage.seed), trouble);
const restart = (stage: Stage, afterMs: number) => {
  stage.relay.shut();
  setTimeout(() => void stage.relay.open(), afterMs);
};

export const LAME: readonly Lame[] = [
  { name: 'every answer 3 s late', fault: always({ kind: 'late', ms: 3000 }), decided: true, short: true },
  { name: '429 with Retry-After, each once', fault: firstTime(tooMany(1)), decided: true },
  { name: '429 with Retry-After, always', fault: always(tooMany(5)), words: /429/, exit: 4 },
  { name: '500, one in three', fault: seldom(serverError()), words: /500|InternalError/, short: true },
  { name: '503, one in three', fault: seldom(unavailable()), words: /503|Unavailable/ },
  { name: '503, each read once', fault: firstRead(unavailable()), decided: true },
  { name: 'connections reset, one in three', fault: seldom({ kind: 'reset' }), words: /lost|reset|ECONNRESET|hang up/ },
  {
    name: 'streams cut after 300 bytes',
    fault: always({ kind: 'cut-stream', bytes: 300 }),
    words: /ended before|cut off|lost/,
  },
  {
    name: 'streams cut after 2 KB',
    fault: always({ kind: 'cut-stream', bytes: 2000 }),
    words: /ended before|cut off|lost/,
    short: true,
  },
  {
    name: 'streams cut after 5 KB',
    fault: always({ kind: 'cut-stream', bytes: 5000 }),
    words: /ended before|cut off|lost/,
  },
  {
    name: 'every list never ends, fast',
    fault: only(isList, { kind: 'endless', pauseMs: 0 }),
    words: /exceeds|no answer within/,
  },
  {
    name: 'every list never ends, slowly',
    fault: only(isList, { kind: 'endless', pauseMs: 100 }),
    words: /no answer within/,
  },
  {
    name: 'the list of pods never ends',
    fault: only(resourceIs('pods'), { kind: 'endless', pauseMs: 50 }),
    words: /no answer within/,
  },
  ...[4, 14].map(
    (n): Lame => ({
      name: `the server restarts at request ${n}, back after 2 s`,
      fault: at(n, (stage) => restart(stage, 2000)),
      ...(n === 14 && { short: true }),
    }),
  ),
  ...[1, 8, 16].map(
    (n): Lame => ({
      name: `the server is gone from request ${n} on`,
      fault: at(n, (stage) => stage.relay.shut()),
      words: /ECONNREFUSED|ECONNRESET|lost|hang up/,
    }),
  ),
  ...[2, 12].map(
    (n): Lame => ({
      name: `the certificate expires at request ${n}`,
      fault: at(n, ({ relay }) => {
        relay.expire();
        relay.cut();
      }),
      words: /certificate|ECONNRESET|lost|hang up/,
      ...(n === 12 && { short: true }),
    }),
  ),
  { name: 'lists by pages of one', fault: always({ kind: 'pages', size: 1 }), short: true },
  { name: 'lists by pages of two', fault: always({ kind: 'pages', size: 2 }) },
  {
    name: 'a login page instead of the API',
    fault: always(loginPage),
    exit: 4,
    words: /Sign in|not.*Kubernetes/i,
    short: true,
  },
  { name: 'a redirect instead of the API', fault: always(redirect), exit: 4, words: /redirects/ },
  ...[3, 15].map(
    (n): Lame => ({
      name: `a login page from request ${n} on`,
      fault: from(n, loginPage),
      words: /Sign in|not.*Kubernetes/i,
    }),
  ),
  { name: 'nothing is ever answered', fault: always({ kind: 'hang' }), exit: 4, words: /no answer within/ },
  { name: 'nothing is answered from request 10 on', fault: from(10, { kind: 'hang' }), words: /no answer within/ },
  {
    name: '--timeout 4s where every answer is 3 s late',
    fault: always({ kind: 'late', ms: 3000 }),
    args: ['--timeout', '4s'],
    limitSeconds: 4 + GRACE_SECONDS,
    words: /stopped|no answer/,
    short: true,
  },
  {
    name: '--timeout 3s where nothing is answered from request 10 on',
    fault: from(10, { kind: 'hang' }),
    args: ['--timeout', '3s'],
    limitSeconds: 3 + GRACE_SECONDS,
    words: /stopped|no answer/,
  },
];

/** Each read is refused the first time: what acts is not repeated, and so is let through. */
function firstRead(trouble: ReturnType<Fault>): () => Fault {
  return () => {
    const fault = firstTime(trouble)();
    return (asked, index, relay) => (asked.method === 'GET' && !asked.upgrade ? fault(asked, index, relay) : undefined);
  };
}
