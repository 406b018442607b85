/** Hand-made reports, one for each way in which a run can end. */
import type { PlacedFinding } from '../../src/model/diagnosis.ts';
import type { Obstacle } from '../../src/model/fact.ts';
import type { Observation } from '../../src/model/finding.ts';
import type { TrailEntry } from '../../src/model/step.ts';
import type { Report } from '../../src/render/report.ts';
import { diagnosis, entry, make, report, said, sampled } from './sample.ts';

const forbidden: Obstacle = {
  kind: 'forbidden',
  verb: 'list',
  resource: 'pods',
  namespace: 'kube-system',
  message: 'no',
};

const hangingPod = (pod: string, seen: Observation): PlacedFinding =>
  make('pods', {
    code: 'pods/test-hangs',
    breaks: 'listener',
    subject: { port: '80/TCP', backend: pod },
    params: { pod, port: 8080, owner: 'checkout' },
    explains: ['ip/test-flaky', 'endpoints/test-none'],
    evidence: [
      seen,
      said('port-forward into the pod hangs too: the process, not the network', [
        'kubectl',
        '-n',
        'shop',
        'port-forward',
        `pod/${pod}`,
        '8080',
      ]),
      said('Ready because its readiness probe asks 9090/healthz, not 8080', [
        'kubectl',
        '-n',
        'shop',
        'get',
        'pod',
        pod,
        '-o',
        'yaml',
      ]),
      said('sets it apart: node ip-10-0-5-88. Last change: 9 d ago, by argocd'),
    ],
    remedies: [
      { id: 'isolate', commands: [['kubectl', '-n', 'shop', 'label', 'pod', pod, 'app-']] },
      { id: 'restart', commands: [['kubectl', '-n', 'shop', 'delete', 'pod', pod]] },
      { id: 'probe', commands: [] },
    ],
  });

const flaky = make('ip', {
  code: 'ip/test-flaky',
  breaks: 'cluster-ip',
  subject: { port: '80/TCP' },
  params: { in: 'three' },
  evidence: [sampled(19)],
});

const shopTrail = (ip: TrailEntry, pods: TrailEntry): TrailEntry[] => [
  entry('access', 'pass', { observations: [said('API server v1.34')], obstacles: [forbidden] }),
  entry('exists', 'pass', { observations: [said('ClusterIP, created 31 d ago')] }),
  entry('network-policy', 'pass', { observations: [said('allow-web selects the pods and lets web in on 8080')] }),
  entry('dns', 'pass', { observations: [said('checkout, checkout.shop and the full name -> 10.100.14.7')] }),
  ip,
  entry('spec', 'pass', { observations: [said('80 -> http, found on all three pods as 8080')] }),
  entry('endpoints', 'pass', { observations: [said('3 ready, 0 not ready')] }),
  pods,
  entry('kube-proxy', 'skip', { reason: said('not needed: the cluster IP reaches all three pods') }),
  entry('hairpin', 'skip', { reason: said('not asked: web is no backend of checkout') }),
];

const oneOfThree = said('k8wqz answers 0 of 20; m2b4t and zz9pl 40 of 40, 4 ms');

/** One backend of three hangs. */
export const broken = (): Report =>
  report(
    diagnosis(
      'broken',
      shopTrail(
        entry('ip', 'fail', { observations: [sampled(19)] }),
        entry('pods', 'fail', { observations: [oneOfThree] }),
      ),
      [flaky, hangingPod('checkout-6c5-k8wqz', oneOfThree)],
      ['pods/test-hangs'],
    ),
  );

export const healthy = (): Report =>
  report(
    diagnosis(
      'healthy',
      shopTrail(
        entry('ip', 'pass', { observations: [sampled(0)] }),
        entry('pods', 'pass', { observations: [said('3 of 3 answer, 4 ms')] }),
      ),
      [make('spec', { code: 'spec/test-name', severity: 'warning', breaks: 'spec', params: { port: 80 } })],
    ),
  );

/** Nothing may be asked from inside, and the API shows no fault. */
export const undecided = (): Report => {
  const closed: Obstacle = { kind: 'not-consented', flag: '--yes' };
  const exec: Obstacle = {
    kind: 'forbidden',
    verb: 'create',
    resource: 'pods/exec',
    namespace: 'kube-system',
    message: 'no',
  };
  const fine = shopTrail(entry('ip', 'pass'), entry('pods', 'pass'));
  const changed = fine.map((e) => {
    if (['dns', 'ip', 'pods', 'hairpin'].includes(e.step)) return entry(e.step, 'unknown', { obstacles: [closed] });
    return e.step === 'kube-proxy' ? entry('kube-proxy', 'unknown', { obstacles: [exec] }) : e;
  });
  return report(diagnosis('inconclusive', changed), { from: [], durationMs: 600 });
};

export const noAccess = (): Report => {
  const refused = make('access', {
    code: 'access/test-refused',
    breaks: 'access',
    params: { message: 'connect ECONNREFUSED 10.0.0.1:6443' },
    remedies: [{ id: 'network', commands: [] }],
  });
  const {
    target,
    serverVersion: _version,
    ...rest
  } = report(diagnosis('no-access', [entry('access', 'fail')], [refused], ['access/test-refused']));
  return {
    ...rest,
    target: { namespace: target.namespace, service: target.service, ports: [] },
    from: [],
    durationMs: 90,
  };
};

const strangeName = make('spec', {
  code: 'spec/test-name',
  breaks: 'spec',
  subject: { port: '443/TCP' },
  params: { port: 443 },
  evidence: [said('443 -> https, which no pod has')],
  remedies: [{ id: 'rename', commands: [['kubectl', '-n', 'shop', 'edit', 'service', 'checkout']] }],
});

/** Seven bad pods, and faults of other steps: more than a screen holds. */
export const manyCauses = (): Report => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `checkout-6c5-${name}`);
  const observations = names.map((name) => said(`${name} answers 0 of 20`));
  const pods = names.map((name, i) => hangingPod(name, observations[i]!));
  const trail = shopTrail(
    entry('ip', 'fail', { observations: [sampled(19)] }),
    entry('pods', 'fail', { observations }),
  );
  return report(diagnosis('broken', trail, [flaky, ...pods, strangeName], ['pods/test-hangs', 'spec/test-name']));
};

/** Ctrl-C while the pods were asked. */
export const stopped = (): Report => {
  const trail = shopTrail(
    entry('ip', 'pass', { observations: [sampled(0)] }),
    entry('pods', 'unknown', { obstacles: [{ kind: 'cancelled' }] }),
  );
  const asFar = trail.map((e) =>
    ['kube-proxy', 'hairpin'].includes(e.step) ? entry(e.step, 'unknown', { obstacles: [{ kind: 'cancelled' }] }) : e,
  );
  return report(diagnosis('inconclusive', asFar));
};

/** No question could be asked, each for a reason of its own making. */
export const pointless = (): Report => {
  const obstacle: Obstacle = { kind: 'not-applicable', reason: 'no TCP port to ask' };
  const trail = shopTrail(
    entry('ip', 'unknown', { obstacles: [obstacle] }),
    entry('pods', 'unknown', { obstacles: [obstacle] }),
  );
  return report(
    diagnosis(
      'inconclusive',
      trail.map((e) => (e.step === 'access' ? entry('access', 'pass') : e)),
    ),
  );
};
