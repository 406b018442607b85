/** A cluster in which everything that somebody could choose is chosen to do harm. */
import fc from 'fast-check';
import { type Answer, type ApiServer, failure, type Session, startApiServer } from '../support/apiServer.ts';
import type { FakeObject } from '../support/fakeCluster.ts';
import { pod, service } from '../support/objects.ts';
import { serveObjects } from '../support/served.ts';
import { endpoint, ingress, slice } from '../support/workloads.ts';

/** Values that no output may ever show, each where it is found in clusters. */
export const SECRETS = {
  environment: 'zq-environment-4711',
  annotation: 'zq-annotation-4711',
  log: 'zq-log-4711',
  event: 'zq-event-4711',
  answer: 'zq-answer-4711',
  token: 'zq-kubeconfig-token-4711',
  refusal: 'zq-refusal-4711',
} as const;

/** What a shell would act upon. A file that one of them makes is proof enough. */
export const CANARY = 'PWNED';
const SHELL = [
  `$(:>${CANARY})`,
  `\`:>${CANARY}\``,
  `;:>${CANARY};`,
  `' ;:>${CANARY} #`,
  `" ;:>${CANARY} #`,
  `|:>${CANARY}`,
  `&&:>${CANARY}`,
  `\n:>${CANARY}\n`,
  `>${CANARY}`,
  `\\`,
  '%s%n%x',
  '--kubeconfig=/etc/passwd',
];
const TERMINAL = [
  '\x1b[2J',
  '\x1b]0;t\x07',
  '\x9b31m',
  '\u202e',
  '\u2066',
  '\r',
  '\0',
  '\u2028',
  '\ufeff',
  '\ud800',
  '\x1b',
];
const MARKUP = ['```', '<script>', '](http://x)', '@all', '{{.}}', '$HOME'];

export const poison: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...SHELL, ...TERMINAL, ...MARKUP) },
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(' '));

/** Without these an object would not be found, or would say nothing. */
const KEPT = new Set([
  ...['kind', 'apiVersion', 'namespace', 'uid', 'phase', 'type', 'status', 'protocol', 'addressType', 'app'],
  ...['podIP', 'ip', 'hostIP', 'clusterIP', 'clusterIPs', 'addresses', 'ipFamilies', 'ipFamilyPolicy', 'dnsPolicy'],
  ...['creationTimestamp', 'lastTransitionTime', 'startedAt', 'finishedAt', 'lastTimestamp', 'policyTypes'],
  ...['kubernetes.io/service-name', 'sessionAffinity', 'DATABASE_PASSWORD', 'operator'],
]);

/** Every other string of an object with the poison at its end. */
function poisoned<T>(value: T, end: string, key = ''): T {
  if (KEPT.has(key)) return value;
  if (typeof value === 'string') return `${value}${end}` as T;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, end, key)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poisoned(item, end, name)])) as T;
}

const WAITING = { reason: 'CrashLoopBackOff', message: `back-off, Authorization: Bearer ${SECRETS.event}` };
const container = {
  name: 'app',
  image: 'app:1',
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  env: [
    { name: 'DATABASE_PASSWORD', value: SECRETS.environment },
    { name: 'BACKEND', value: `http://user:${SECRETS.environment}@web` },
  ],
};
const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `{"password":"${SECRETS.annotation}"}` };

const crashing = () =>
  pod({
    name: 'web-1',
    ready: false,
    annotations,
    spec: { containers: [container], nodeName: 'node1' },
    status: {
      containerStatuses: [
        {
          name: 'app',
          image: 'app:1',
          imageID: '',
          ready: false,
          restartCount: 9,
          state: { waiting: WAITING },
          lastState: { terminated: { exitCode: 1, reason: 'Error', message: `token=${SECRETS.event}` } },
        },
      ],
    },
  });

const client = () =>
  pod({
    name: 'client',
    labels: { app: 'client' },
    spec: { containers: [container], nodeName: 'node1' },
    status: {
      containerStatuses: [
        { name: 'app', image: 'i', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
      ],
    },
  });

/** Service `web` of namespace `shop` and what is around it. `ends`: what poisons it. */
function objectsOf(ends: string, healthy: boolean): FakeObject[] {
  const sick = healthy ? pod({ name: 'web-1', annotations, spec: { containers: [container] } }) : crashing();
  const event = {
    kind: 'Event',
    metadata: { name: 'e1', namespace: 'shop' },
    involvedObject: { kind: 'Pod', name: 'web-1' },
    reason: 'BackOff',
    message: `Back-off restarting, password=${SECRETS.event}`,
    type: 'Warning',
    lastTimestamp: new Date().toISOString(),
  };
  const policy = {
    kind: 'NetworkPolicy',
    metadata: { name: 'lock', namespace: 'shop', annotations },
    spec: {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { team: 'x' } } }] }],
    },
  };
  const given = [
    sick,
    slice({ endpoints: [endpoint(sick)] }),
    ingress('shop', 'web', { number: 81 }),
    event,
    ...(healthy ? [] : [policy]),
  ];
  const web = service({ ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }], annotations });
  // the names by which they are asked for stay
  return [
    { kind: 'Namespace', metadata: { name: 'shop' } },
    { ...poisoned(web, ends), metadata: { ...poisoned(web.metadata, ends), name: 'web' } },
    { ...client(), metadata: { ...client().metadata, annotations: { note: ends } } },
    ...given.map((object) => poisoned(object, ends)),
  ] as FakeObject[];
}

/** The answer of a container: the frame of one, and inside of it whatever the poison says. */
function answers(ends: string) {
  return ({ send, close }: Session) => {
    const lines = Array.from({ length: 40 }, (_, i) =>
      [
        `${i}.1 100 %wget`,
        `${i}.1 101 HTTP/1.1 200 OK${ends}`,
        `${i}.1 102 Set-Cookie: id=${SECRETS.answer}`,
        `${i}.1 103 ${ends}`,
        `${i}.1 104 %rc=0`,
      ].join('\n'),
    );
    send(1, `- 0 %tools nc wget nslookup ${ends}\n- 0 %version BusyBox v1.37 ${ends}\n${lines.join('\n')}\n- 0 %end\n`);
    send(1, Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x0a]));
    send(3, JSON.stringify({ status: 'Success' }));
    close();
  };
}

const raw =
  (body: Buffer): Answer =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'text/plain' }).end(body);

export interface World {
  /** Nothing crashes, and exec answers. */
  healthy: boolean;
  /** A line of the log; as long as that, in bytes. */
  lineBytes: number;
  /** What else is refused. */
  refused: boolean;
}

export async function hostileServer(ends: string, { healthy, lineBytes, refused }: World): Promise<ApiServer> {
  const server = await startApiServer();
  serveObjects(server, objectsOf(ends, healthy));
  const pods = '/api/v1/namespaces/shop/pods';
  const line = Buffer.concat([
    Buffer.from(`panic: ${ends} password=${SECRETS.log} Authorization: Bearer ${SECRETS.log}.x1\n`),
    Buffer.alloc(lineBytes, 'x'),
    Buffer.from([0xff, 0xc0, 0x80, 0x0a]),
  ]);
  server.on('GET', `${pods}/${encodeURIComponent(Buffer.from(`web-1${ends}`).toString())}/log`, raw(line));
  server.onUpgrade(`${pods}/client/exec`, answers(ends));
  if (refused) {
    const words = `${ends} token=${SECRETS.refusal} Bearer ${SECRETS.token}`;
    server.on(
      'GET',
      '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies',
      failure(
        403,
        'Forbidden',
        `User "${ends}" cannot list resource "${ends}" in API group "" in the namespace "${ends}" ${words}`,
      ),
    );
    server.on('GET', '/api/v1/namespaces/shop/events', failure(500, ends, words));
  }
  return server;
}
