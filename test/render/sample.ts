/** Hand-made reports with codes of their own, so that what is tested is the rendering alone. */
import type { Diagnosis, PlacedFinding, Verdict } from '../../src/model/diagnosis.ts';
import type { Finding, Observation, StepId } from '../../src/model/finding.ts';
import type { Vantage } from '../../src/model/probe.ts';
import type { TrailEntry } from '../../src/model/step.ts';
import type { Report, View } from '../../src/render/report.ts';
import { plainTheme } from '../../src/render/theme.ts';
import type { Catalogue } from '../../src/text/catalogue.ts';
import { answers, obstacles } from '../../src/text/en/obstacles.ts';
import { steps } from '../../src/text/en/steps.ts';
import { ui } from '../../src/text/en/ui.ts';

type Loose = Record<string, unknown>;

const finding = (says: (p: Loose) => string, remedies: Record<string, (p: Loose) => string> = {}) => ({
  says,
  why: 'Clients that are sent to it wait until they give up.',
  prove: 'wget -T 3 the pod IP and port, several times.',
  mend: 'Take the pod out of the Service, then find out why it hangs.',
  remedies,
});

/** A catalogue for the codes and observations of this file. */
const catalogue = {
  steps,
  obstacles,
  answers,
  ui,
  findings: {
    'pods/test-hangs': finding((p) => `Pod ${p.pod} hangs on ${p.port}, yet it is Ready.`, {
      isolate: () => 'Take it out of the Service; it stays alive for the post-mortem',
      restart: () => 'Restart it (its state is lost)',
      probe: (p) => `readinessProbe of Deployment ${p.owner} -> 8080, where it is managed (argocd)`,
    }),
    'ip/test-flaky': finding((p) => `One new connection in ${p.in} goes to it and times out.`),
    'endpoints/test-none': finding(() => 'No endpoint is ready'),
    'spec/test-name': finding((p) => `Port ${p.port} has a strange name`, {
      rename: () => 'Name the port as the pods do',
    }),
    'dns/test-note': finding(() => 'ndots is 1'),
    'access/test-refused': finding((p) => `The API server cannot be reached: ${p.message}`, {
      network: () => 'Check VPN, proxy and firewall, and the server address of this context',
    }),
  },
  observations: {
    'test.said': (p: Loose) => String(p.said),
    'ip.test': (p: Loose) =>
      `${p.port}: ${Number(p.asked) - Number(p.failures)} of ${p.asked} answered, ${p.failures} opened and then silent for 3 s`,
    'ip.opened': (p: Loose) => `${p.port}: ${p.asked} of ${p.asked} opened`,
  },
} as unknown as Catalogue;

export const said = (text: string, command?: readonly string[]): Observation =>
  ({ what: 'test.said', params: { said: text }, ...(command && { command }) }) as unknown as Observation;

export const sampled = (failures: number, asked = 60, what = 'ip.test'): Observation =>
  ({
    what,
    params: { port: '80', asked, failures },
    command: [
      'kubectl',
      '-n',
      'shop',
      'exec',
      'web-7d9f-x2x4k',
      '--',
      'wget',
      '-qO-',
      '-T',
      '3',
      'http://10.100.14.7:80/',
    ],
  }) as unknown as Observation;

export function make(step: StepId, change: Loose): PlacedFinding {
  const blank = { severity: 'error', subject: {}, params: {}, evidence: [], remedies: [], explains: [] };
  return { ...blank, ...change, step } as unknown as PlacedFinding;
}

export function entry(step: StepId, outcome: TrailEntry['outcome'], change: Partial<TrailEntry> = {}): TrailEntry {
  return { step, outcome, findings: [], observations: [], obstacles: [], durationMs: 5, ...change };
}

const bare = ({ step: _step, explains: _explains, ...rest }: PlacedFinding): Finding => rest as Finding;

/** A diagnosis of the trail, with the root causes given by their codes. */
export function diagnosis(
  verdict: Verdict,
  trail: TrailEntry[],
  findings: PlacedFinding[] = [],
  causes: string[] = [],
): Diagnosis {
  const withFindings = trail.map((e) => ({
    ...e,
    findings: [...e.findings, ...findings.filter(({ step }) => step === e.step).map(bare)],
  }));
  return {
    verdict,
    rootCauses: findings.filter(({ code }) => causes.includes(code)),
    findings,
    trail: withFindings,
    notChecked: trail.flatMap(({ step, obstacles: met }) => met.map((obstacle) => ({ step, obstacle }))),
  };
}

const web: Vantage = {
  id: 'pod/shop/web-7d9f-x2x4k',
  kind: 'pod',
  namespace: 'shop',
  pod: 'web-7d9f-x2x4k',
  node: 'ip-10-0-5-41',
  labels: {},
};

export const report = (of: Diagnosis, change: Partial<Report> = {}): Report => ({
  context: 'prod-eu1',
  serverVersion: 'v1.34',
  target: {
    namespace: 'shop',
    service: 'checkout',
    address: '10.100.14.7',
    ports: [{ port: 80, protocol: 'TCP', targetPort: 'http', resolved: [8080] }],
  },
  diagnosis: of,
  from: [web],
  acts: [],
  leftovers: [],
  startedAt: '2026-03-01T03:12:44.000Z',
  durationMs: 7_400,
  requests: 23,
  version: '0.1.0',
  ...change,
});

export const view = (change: Partial<View> = {}): View => ({
  width: 80,
  theme: plainTheme,
  catalogue,
  clusterFlags: ['--context', 'prod-eu1'],
  verbose: false,
  ...change,
});
