import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULTS, type Fault, rootsAmong } from './faults.ts';

/** What is seen together; its root causes, the decisive one first. */
type Pair = readonly [seen: readonly Fault[], roots: readonly Fault[]];

describe('a cause and its symptoms', () => {
  const pairs: readonly Pair[] = [
    [['exists/being-deleted', 'dns/name-not-found', 'ip/silent'], ['exists/being-deleted']],
    [['network-policy/ingress-denied', 'pods/silent', 'ip/silent'], ['network-policy/ingress-denied']],
    [['network-policy/ingress-denied', 'pods/loopback-only', 'ip/refused'], ['network-policy/ingress-denied']],
    [['network-policy/egress-denied', 'pods/silent', 'ip/silent'], ['network-policy/egress-denied']],
    [['network-policy/dns-egress-denied', 'dns/no-answer'], ['network-policy/dns-egress-denied']],
    [['dns/dns-pods-crash', 'dns/no-answer', 'dns/name-not-found'], ['dns/dns-pods-crash']],
    [['dns/client-dns-policy', 'dns/name-not-found'], ['dns/client-dns-policy']],
    [['ip/no-local-endpoint', 'ip/silent'], ['ip/no-local-endpoint']],
    [['spec/target-port-closed', 'pods/port-closed', 'ip/refused'], ['spec/target-port-closed']],
    [['spec/target-port-name-missing', 'endpoints/no-ports', 'ip/refused'], ['spec/target-port-name-missing']],
    [['spec/protocol-mismatch', 'pods/port-closed', 'ip/refused'], ['spec/protocol-mismatch']],
    [['spec/other-proxy', 'kube-proxy/not-forwarding', 'ip/silent'], ['spec/other-proxy']],
    [['spec/family-mismatch', 'endpoints/no-ports', 'ip/refused'], ['spec/family-mismatch']],
    [['endpoints/selector-mismatch', 'ip/refused'], ['endpoints/selector-mismatch']],
    [['endpoints/dead-address', 'the dead address is silent', 'ip/intermittent'], ['endpoints/dead-address']],
    [['endpoints/selects-other-app', 'b resets', 'ip/intermittent'], ['endpoints/selects-other-app']],
    [['pods/create-failed', 'endpoints/no-pods', 'ip/refused'], ['pods/create-failed']],
    [['pods/crash-loop', 'endpoints/none-ready', 'ip/refused'], ['pods/crash-loop']],
    [['pods/not-ready', 'endpoints/none-ready', 'ip/refused', 'dns/name-not-found headless'], ['pods/not-ready']],
    [['a hangs', 'ip/intermittent'], ['a hangs']],
    [['pods/loopback-only', 'pods/not-ready', 'endpoints/none-ready', 'ip/refused'], ['pods/loopback-only']],
    [['kube-proxy/crash-loop', 'kube-proxy/rules-missing', 'ip/silent'], ['kube-proxy/crash-loop']],
    [['kube-proxy/rules-missing', 'kube-proxy/not-forwarding', 'ip/silent'], ['kube-proxy/rules-missing']],
    [['kube-proxy/rules-missing', 'ip/silent', 'dns/no-answer'], ['kube-proxy/rules-missing']],
    [['kube-proxy/pod-network', 'pods/silent', 'ip/silent', 'dns/no-answer'], ['kube-proxy/pod-network']],
    [['kube-proxy/foreign-rule', 'kube-proxy/not-forwarding', 'ip/refused'], ['kube-proxy/foreign-rule']],
    [['hairpin/fails for the client', 'ip/silent'], ['hairpin/fails for the client']],
  ];
  it.each(pairs)('%j', (seen, roots) => {
    expect(rootsAmong(seen)).toEqual(roots);
  });
});

describe('two independent faults', () => {
  const pairs: readonly Pair[] = [
    // a policy, and what it has nothing to do with
    [
      ['network-policy/ingress-denied', 'pods/not-ready', 'endpoints/none-ready', 'ip/refused'],
      ['pods/not-ready', 'network-policy/ingress-denied'],
    ],
    [
      ['network-policy/ingress-denied', 'pods/silent', 'ip/silent', 'b is not ready'],
      ['network-policy/ingress-denied', 'b is not ready'],
    ],
    [
      ['network-policy/ingress-denied', 'pods/crash-loop', 'endpoints/none-ready', 'ip/refused'],
      ['pods/crash-loop', 'network-policy/ingress-denied'],
    ],
    [
      ['network-policy/ingress-denied', 'endpoints/selector-mismatch', 'ip/refused'],
      ['endpoints/selector-mismatch', 'network-policy/ingress-denied'],
    ],
    [
      ['network-policy/ingress-denied', 'spec/target-port-name-missing', 'endpoints/no-ports', 'ip/refused'],
      ['spec/target-port-name-missing', 'network-policy/ingress-denied'],
    ],
    [
      ['network-policy/ingress-denied', 'pods/silent', 'spec/target-port-closed', 'ip/silent'],
      ['network-policy/ingress-denied', 'spec/target-port-closed'],
    ],
    [
      ['network-policy/ingress-denied', 'pods/hangs', 'ip/hangs'],
      ['network-policy/ingress-denied', 'pods/hangs'],
    ],
    [
      ['ingress-denied to a', 'a is silent', 'b resets', 'ip/intermittent'],
      ['ingress-denied to a', 'b resets'],
    ],
    [
      [
        'network-policy/ingress-denied',
        'network-policy/dns-egress-denied',
        'dns/no-answer',
        'pods/silent',
        'ip/silent',
      ],
      ['network-policy/ingress-denied', 'network-policy/dns-egress-denied'],
    ],
    [
      ['network-policy/ingress-denied', 'network-policy/egress-denied', 'pods/silent', 'ip/silent'],
      ['network-policy/ingress-denied', 'network-policy/egress-denied'],
    ],
    [
      ['ingress-denied on 81', 'spec/target-port-closed', 'pods/port-closed', 'ip/refused'],
      ['spec/target-port-closed', 'ingress-denied on 81'],
    ],
    [
      ['network-policy/ingress-denied', 'pods/silent', 'ip/silent', 'kube-proxy/crash-loop'],
      ['network-policy/ingress-denied', 'kube-proxy/crash-loop'],
    ],
    // DNS beside anything else
    [
      ['network-policy/dns-egress-denied', 'dns/dns-pods-crash', 'dns/no-answer'],
      ['dns/dns-pods-crash', 'network-policy/dns-egress-denied'],
    ],
    [
      ['network-policy/dns-egress-denied', 'dns/client-dns-policy', 'dns/no-answer'],
      ['network-policy/dns-egress-denied', 'dns/client-dns-policy'],
    ],
    [
      ['dns/dns-pods-crash', 'dns/wrong-nameserver', 'dns/no-answer'],
      ['dns/dns-pods-crash', 'dns/wrong-nameserver'],
    ],
    [
      ['dns/zone-not-served', 'pods/not-ready', 'endpoints/none-ready', 'ip/refused'],
      ['pods/not-ready', 'dns/zone-not-served'],
    ],
    [
      ['dns/wrong-nameserver', 'spec/target-port-closed', 'pods/port-closed', 'ip/refused'],
      ['spec/target-port-closed', 'dns/wrong-nameserver'],
    ],
    [
      ['dns/dns-pods-crash', 'dns/no-answer', 'kube-proxy/rules-missing', 'ip/silent'],
      ['kube-proxy/rules-missing', 'dns/dns-pods-crash'],
    ],
    [
      ['dns/client-dns-policy', 'kube-proxy/rules-missing', 'ip/silent'],
      ['kube-proxy/rules-missing', 'dns/client-dns-policy'],
    ],
    [
      ['dns/dns-pods-crash', 'dns/no-answer', 'network-policy/ingress-denied', 'pods/silent', 'ip/silent'],
      ['network-policy/ingress-denied', 'dns/dns-pods-crash'],
    ],
    // a traffic policy
    [
      ['ip/no-local-endpoint', 'spec/target-port-closed', 'pods/port-closed'],
      ['spec/target-port-closed', 'ip/no-local-endpoint'],
    ],
    [
      ['ip/no-local-endpoint', 'a hangs'],
      ['ip/no-local-endpoint', 'a hangs'],
    ],
    [
      ['ip/no-local-endpoint', 'kube-proxy/rules-missing'],
      ['ip/no-local-endpoint', 'kube-proxy/rules-missing'],
    ],
    [
      ['ip/no-local-endpoint', 'network-policy/ingress-denied', 'pods/silent'],
      ['network-policy/ingress-denied', 'ip/no-local-endpoint'],
    ],
    // the Service's definition
    [
      ['spec/target-port-name-missing', 'endpoints/no-ports', 'endpoints/selector-mismatch', 'ip/refused'],
      ['endpoints/selector-mismatch', 'spec/target-port-name-missing'],
    ],
    [
      ['spec/target-port-name-missing', 'endpoints/no-ports', 'pods/not-ready', 'endpoints/none-ready', 'ip/refused'],
      ['pods/not-ready', 'spec/target-port-name-missing'],
    ],
    [
      ['spec/target-port-closed', 'pods/not-ready', 'endpoints/none-ready', 'ip/refused'],
      ['pods/not-ready', 'spec/target-port-closed'],
    ],
    [
      ['spec/target-port-name-partly-missing', 'a hangs', 'ip/intermittent'],
      ['spec/target-port-name-partly-missing', 'a hangs'],
    ],
    [
      ['spec/target-port-closed', 'target-port-closed on 81', 'ip/refused', 'ip/refused on 81', 'pods/port-closed'],
      ['spec/target-port-closed', 'target-port-closed on 81'],
    ],
    [
      ['target-port-closed on 81', 'ip/refused on 81', 'pods/hangs', 'ip/hangs'],
      ['target-port-closed on 81', 'pods/hangs'],
    ],
    [
      ['spec/other-proxy', 'ip/silent', 'pods/hangs'],
      ['spec/other-proxy', 'pods/hangs'],
    ],
    [
      ['spec/target-port-closed', 'pods/port-closed', 'ip/refused', 'kube-proxy/crash-loop on node2'],
      ['spec/target-port-closed', 'kube-proxy/crash-loop on node2'],
    ],
    // who is selected
    [
      ['endpoints/selector-mismatch', 'pods/crash-loop', 'endpoints/none-ready', 'ip/refused'],
      ['endpoints/selector-mismatch', 'pods/crash-loop'],
    ],
    [
      ['endpoints/selects-other-app', 'b resets', 'a hangs', 'ip/intermittent'],
      ['endpoints/selects-other-app', 'a hangs'],
    ],
    [
      ['endpoints/dead-address', 'the dead address is silent', 'a hangs', 'ip/intermittent'],
      ['endpoints/dead-address', 'a hangs'],
    ],
    [
      ['endpoints/selects-other-app', 'b resets', 'b is not ready', 'ip/intermittent'],
      ['endpoints/selects-other-app', 'b is not ready'],
    ],
    // pods
    [
      ['a hangs', 'b resets', 'ip/intermittent'],
      ['a hangs', 'b resets'],
    ],
    [
      ['a crashes', 'b is not ready', 'endpoints/none-ready', 'ip/refused'],
      ['a crashes', 'b is not ready'],
    ],
    [
      ['two hang', 'b resets', 'ip/intermittent'],
      ['two hang', 'b resets'],
    ],
    [
      ['a hangs', 'hairpin/fails', 'ip/intermittent'],
      ['a hangs', 'hairpin/fails'],
    ],
    [
      ['pods/image-pull', 'endpoints/none-ready', 'ip/refused', 'kube-proxy/crash-loop'],
      ['pods/image-pull', 'kube-proxy/crash-loop'],
    ],
    // nodes
    [
      ['kube-proxy/pod-network', 'pods/not-ready', 'endpoints/none-ready', 'ip/refused'],
      ['pods/not-ready', 'kube-proxy/pod-network'],
    ],
    [
      ['kube-proxy/pod-network', 'a is silent', 'b resets', 'ip/intermittent'],
      ['kube-proxy/pod-network', 'b resets'],
    ],
    [
      ['kube-proxy/foreign-rule', 'endpoints/selector-mismatch', 'ip/refused'],
      ['endpoints/selector-mismatch', 'kube-proxy/foreign-rule'],
    ],
    [
      ['kube-proxy/rules-missing', 'kube-proxy/crash-loop on node2', 'ip/silent'],
      ['kube-proxy/rules-missing', 'kube-proxy/crash-loop on node2'],
    ],
    [
      ['kube-proxy/crash-loop', 'kube-proxy/rules-missing', 'ip/silent', 'hairpin/fails'],
      ['kube-proxy/crash-loop', 'hairpin/fails'],
    ],
  ];
  it.each(pairs)('%j', (seen, roots) => {
    expect(rootsAmong(seen)).toEqual(roots);
  });
  it('are at least thirty pairs', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(30);
    expect(pairs.filter(([, roots]) => roots.length === 2)).toHaveLength(pairs.length);
  });
});

describe('the faults of these tables', () => {
  const STEPS = path.resolve(import.meta.dirname, '../../src/steps');
  const sources = (step: string) =>
    readdirSync(path.join(STEPS, step)).map((file) => readFileSync(path.join(STEPS, step, file), 'utf8'));
  it.each(Object.values(FAULTS))('%s breaks %s, as its step says', (code, breaks) => {
    const [step = '', name] = code.split('/');
    const said = sources(step);
    const makes = said.filter((text) => text.includes(`'${code}'`) || text.includes(`\`${step}/\${`));
    expect(makes.length, `${step} makes ${name}`).toBeGreaterThan(0);
    expect(
      makes.some((text) => text.includes(`'${breaks}'`)),
      `${step} breaks ${breaks}`,
    ).toBe(true);
  });
});
