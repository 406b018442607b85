/** What the steps say of one fault or another, with the link and the subject that they give it. */
import {
  type Finding,
  type Link,
  type Severity,
  STEP_IDS,
  type StepId,
  type Subject,
} from '../../src/model/finding.ts';
import type { TrailEntry } from '../../src/model/step.ts';
import { diagnose } from '../../src/walk/diagnose.ts';

const HTTP = { port: '80/TCP' };
const ADMIN = { port: '81/TCP' };
const [FIRST, SECOND] = [{ backend: 'web-a' }, { backend: 'web-b' }];
const NODE1 = { node: 'node1' };
const PROBE = { from: 'probe/shop', ...NODE1 };

/** Code, link, subject; by a name of its own where the same code is said of several things. */
export const FAULTS = {
  'exists/no-service': ['exists/no-service', 'service', {}],
  'exists/being-deleted': ['exists/being-deleted', 'service', {}],
  'network-policy/ingress-denied': ['network-policy/ingress-denied', 'policy', HTTP],
  'ingress-denied on 81': ['network-policy/ingress-denied', 'policy', ADMIN],
  'ingress-denied to a': ['network-policy/ingress-denied', 'policy', { ...HTTP, ...FIRST }],
  'network-policy/egress-denied': ['network-policy/egress-denied', 'policy', { ...HTTP, from: PROBE.from }],
  'network-policy/dns-egress-denied': ['network-policy/dns-egress-denied', 'dns-policy', { from: PROBE.from }],
  'dns/dns-pods-crash': ['dns/dns-pods-crash', 'dns-server', { object: 'deployment/coredns' }],
  'dns/zone-not-served': ['dns/zone-not-served', 'dns-server', { object: 'configmap/coredns' }],
  'dns/no-answer': ['dns/no-answer', 'dns-answer', { from: PROBE.from }],
  'dns/wrong-nameserver': ['dns/wrong-nameserver', 'client', { from: PROBE.from }],
  'dns/client-dns-policy': ['dns/client-dns-policy', 'client', { from: PROBE.from }],
  'dns/name-not-found': ['dns/name-not-found', 'name', { from: PROBE.from }],
  'dns/name-not-found headless': ['dns/name-not-found', 'headless-name', { from: PROBE.from }],
  'ip/silent': ['ip/silent', 'cluster-ip', { ...HTTP, ...PROBE }],
  'ip/refused': ['ip/refused', 'cluster-ip', { ...HTTP, ...PROBE }],
  'ip/hangs': ['ip/hangs', 'cluster-ip', { ...HTTP, ...PROBE }],
  'ip/intermittent': ['ip/intermittent', 'cluster-ip', { ...HTTP, ...PROBE }],
  'ip/refused on 81': ['ip/refused', 'cluster-ip', { ...ADMIN, ...PROBE }],
  'ip/no-local-endpoint': ['ip/no-local-endpoint', 'traffic-policy', { ...HTTP, ...PROBE }],
  'spec/target-port-closed': ['spec/target-port-closed', 'target-port', HTTP],
  'target-port-closed on 81': ['spec/target-port-closed', 'target-port', ADMIN],
  'spec/target-port-name-missing': ['spec/target-port-name-missing', 'spec', HTTP],
  'spec/target-port-name-partly-missing': ['spec/target-port-name-partly-missing', 'spec', HTTP],
  'spec/protocol-mismatch': ['spec/protocol-mismatch', 'target-port', HTTP],
  'spec/other-proxy': ['spec/other-proxy', 'service-address', {}],
  'spec/family-mismatch': ['spec/family-mismatch', 'service-address', {}],
  'endpoints/selector-mismatch': ['endpoints/selector-mismatch', 'selection', {}],
  'endpoints/selects-other-app': ['endpoints/selects-other-app', 'selection', { ...HTTP, ...SECOND }],
  'endpoints/dead-address': ['endpoints/dead-address', 'selection', { ...HTTP, backend: '10.244.9.9' }],
  'endpoints/none-ready': ['endpoints/none-ready', 'endpoints', {}],
  'endpoints/no-ports': ['endpoints/no-ports', 'endpoints', HTTP],
  'endpoints/no-pods': ['endpoints/no-pods', 'endpoints', {}],
  'pods/create-failed': ['pods/create-failed', 'creation', {}],
  'pods/crash-loop': ['pods/crash-loop', 'process', {}],
  'a crashes': ['pods/crash-loop', 'process', FIRST],
  'pods/image-pull': ['pods/image-pull', 'process', {}],
  'pods/not-ready': ['pods/not-ready', 'readiness', {}],
  'b is not ready': ['pods/not-ready', 'readiness', SECOND],
  'a hangs': ['pods/hangs', 'listener', { ...HTTP, ...FIRST }],
  'pods/hangs': ['pods/hangs', 'listener', HTTP],
  'two hang': ['pods/hangs', 'listener', { ...HTTP, backends: ['web-a', 'web-c'] }],
  'b resets': ['pods/reset', 'listener', { ...HTTP, ...SECOND }],
  'pods/port-closed': ['pods/port-closed', 'listener', HTTP],
  'pods/loopback-only': ['pods/loopback-only', 'pod-address', HTTP],
  'pods/silent': ['pods/silent', 'pod-address', HTTP],
  'a is silent': ['pods/silent', 'pod-address', { ...HTTP, ...FIRST }],
  'the dead address is silent': ['pods/silent', 'pod-address', { ...HTTP, backend: '10.244.9.9' }],
  'kube-proxy/crash-loop': ['kube-proxy/crash-loop', 'node-proxy', NODE1],
  'kube-proxy/crash-loop on node2': ['kube-proxy/crash-loop', 'node-proxy', { node: 'node2' }],
  'kube-proxy/rules-missing': ['kube-proxy/rules-missing', 'node-rules', { ...HTTP, ...NODE1 }],
  'kube-proxy/not-forwarding': ['kube-proxy/not-forwarding', 'forwarding', { ...HTTP, ...PROBE }],
  'kube-proxy/pod-network': ['kube-proxy/pod-network', 'node-network', { from: PROBE.from }],
  'kube-proxy/foreign-rule': ['kube-proxy/foreign-rule', 'node-network', NODE1],
  'hairpin/fails': ['hairpin/fails', 'hairpin', { ...HTTP, ...SECOND, from: 'pod/shop/web-b', node: 'node2' }],
  'hairpin/fails for the client': ['hairpin/fails', 'hairpin', { ...HTTP, ...FIRST, ...PROBE }],
} as const satisfies Record<string, readonly [code: string, breaks: Link, subject: Subject]>;

export type Fault = keyof typeof FAULTS;

export const finding = (code: string, breaks: Link, subject: Subject = {}, severity: Severity = 'error'): Finding =>
  ({ code, breaks, subject, severity, params: {}, evidence: [], remedies: [] }) as unknown as Finding;

/** A trail in which each finding is said by the step that owns it. */
export function trailOf(findings: readonly Finding[]): TrailEntry[] {
  const steps = [...new Set(findings.map(({ code }) => code.split('/')[0] as StepId))];
  return steps
    .sort((a, b) => STEP_IDS.indexOf(a) - STEP_IDS.indexOf(b))
    .map((step) => ({
      step,
      outcome: 'fail',
      findings: findings.filter(({ code }) => code.startsWith(`${step}/`)),
      observations: [],
      obstacles: [],
      durationMs: 1,
    }));
}

/** The root causes, by their names, when all of this is seen together. */
export function rootsAmong(seen: readonly Fault[]): string[] {
  const made = seen.map((name) => {
    const [code, breaks, subject] = FAULTS[name];
    return { name, finding: finding(code, breaks, subject) };
  });
  const { rootCauses } = diagnose(trailOf(made.map((one) => one.finding)));
  return rootCauses.map(({ code, breaks, subject }) => {
    const same = made.find((one) => one.finding.code === code && one.finding.subject === subject);
    return same?.name ?? `${code} ${breaks}`;
  });
}
