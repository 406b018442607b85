import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/render/json.ts';
import { clean } from '../../src/render/sanitize.ts';
import { broken, healthy, noAccess, undecided } from './reports.ts';
import { diagnosis, entry, make, report, view } from './sample.ts';

const parse = (of: ReturnType<typeof report>) => JSON.parse(renderJson(clean(of), view()));

describe('json', () => {
  it('has the keys that scripts rely on, in their order', () => {
    const json = parse(broken());
    const top = [
      'schemaVersion',
      'target',
      'verdict',
      'rootCauses',
      'findings',
      'trail',
      'notChecked',
      'changes',
      'acts',
      'leftovers',
      'roles',
      'startedAt',
      'durationMs',
    ];
    expect(Object.keys(json)).toEqual(top);
    const finding = ['code', 'step', 'severity', 'subject', 'message', 'params', 'evidence', 'remedies', 'explains'];
    expect(Object.keys(json.rootCauses[0])).toEqual(finding);
    const entryKeys = ['step', 'outcome', 'findings', 'observations', 'reason', 'durationMs'];
    for (const one of json.trail) expect(Object.keys(one)).toEqual(entryKeys);
    expect(Object.keys(json.trail[4].observations[0])).toEqual(['what', 'params', 'says', 'command']);
    expect(Object.keys(json.rootCauses[0].evidence[0])).toEqual(['observation', 'command']);
  });

  it('says what the run was about and came to', () => {
    expect(parse(broken())).toMatchObject({
      schemaVersion: 1,
      target: {
        namespace: 'shop',
        service: 'checkout',
        ports: ['80/TCP'],
        from: [{ kind: 'pod', namespace: 'shop', name: 'web-7d9f-x2x4k', node: 'ip-10-0-5-41' }],
      },
      verdict: 'broken',
      rootCauses: [
        { code: 'pods/test-hangs', step: 'pods', message: 'Pod checkout-6c5-k8wqz hangs on 8080, yet it is Ready.' },
      ],
      findings: [{ code: 'ip/test-flaky' }, { code: 'pods/test-hangs' }],
      notChecked: [
        { step: 'access', obstacle: { kind: 'forbidden', says: 'not allowed to list pods in namespace kube-system' } },
      ],
      startedAt: '2026-03-01T03:12:44.000Z',
      durationMs: 7400,
    });
  });

  it('gives commands as they are typed, with the flags of the cluster', () => {
    const [cause] = parse(broken()).rootCauses;
    expect(cause.remedies[0]).toEqual({
      message: 'Take it out of the Service; it stays alive for the post-mortem',
      commands: ['kubectl --context prod-eu1 -n shop label pod checkout-6c5-k8wqz app-'],
    });
    expect(cause.evidence[1].command).toMatch(/^kubectl --context prod-eu1 -n shop port-forward/);
    expect(cause.evidence[0].command).toBeNull();
  });

  it('gives the patch of a remedy', () => {
    const patch = {
      target: { group: '', version: 'v1', plural: 'services', namespace: 'shop', name: 'checkout' },
      type: 'merge-patch+json',
      body: { spec: { selector: { app: 'y' } } },
    };
    const finding = make('spec', {
      code: 'spec/test-name',
      breaks: 'spec',
      remedies: [{ id: 'rename', commands: [], patch }],
    });
    const json = parse(report(diagnosis('broken', [entry('spec', 'fail')], [finding], ['spec/test-name'])));
    expect(json.rootCauses[0].remedies[0].patch).toEqual(patch);
    expect(json.trail[0].findings).toEqual(['spec/test-name']);
  });

  it('says why a step was skipped', () => {
    expect(parse(healthy()).trail[8].reason).toEqual({
      what: 'test.said',
      params: { said: 'not needed: the cluster IP reaches all three pods' },
      says: 'not needed: the cluster IP reaches all three pods',
    });
  });

  it.each([
    ['healthy', healthy],
    ['inconclusive', undecided],
    ['no-access', noAccess],
  ] as const)('is one object for %s too', (verdict, sample) => {
    expect(parse(sample())).toMatchObject({ schemaVersion: 1, verdict });
  });
});
