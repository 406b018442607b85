import { describe, expect, it } from 'vitest';
import { firstQuestions } from '../../src/facts/plan.ts';
import type { Prober } from '../../src/model/probe.ts';
import { factsOf } from '../support/facts.ts';
import { type Made, pod, service } from '../support/objects.ts';
import { endpoint, slice } from '../support/workloads.ts';

interface Dns {
  namespace?: string;
  name: string;
  label: string;
  value?: string;
  /** Number on which its pod takes queries. */
  port?: number;
}

function objectsOf({ namespace = 'kube-system', name, label, value = 'kube-dns', port = 53 }: Dns) {
  const labels = { [label]: value };
  const containers = [{ name: 'dns', image: 'dns:1', ports: [{ containerPort: port, protocol: 'UDP' }] }];
  const one = pod({ name: `${name}-1`, namespace, ip: '10.244.3.3', labels, deployment: null, spec: { containers } });
  const dns = service({
    name,
    namespace,
    labels,
    selector: labels,
    ports: [{ name: 'dns', port: 53, protocol: 'UDP', targetPort: port }],
    spec: { clusterIP: '10.96.0.77', clusterIPs: ['10.96.0.77'] },
  });
  const ports = [{ name: 'dns', port, protocol: 'UDP' }];
  return [
    service(),
    dns,
    one,
    slice({ name: `${name}-x`, namespace, service: name, endpoints: [endpoint(one)], ports }),
  ];
}

async function asked(objects: readonly Made<object>[]): Promise<string[]> {
  const facts = factsOf({ objects: objects as never, connections: {} });
  const questions = await firstQuestions(facts, facts.probers[0] as Prober);
  return [...new Set(questions.flatMap((question) => (question.ask === 'nslookup' ? (question.server ?? []) : [])))];
}

describe('the DNS server that is asked', () => {
  it.each<[string, Dns, string[]]>([
    ['is kube-dns', { name: 'kube-dns', label: 'k8s-app' }, ['10.96.0.77', '10.244.3.3']],
    ['is known by its label', { name: 'coredns', label: 'k8s-app' }, ['10.96.0.77', '10.244.3.3']],
    ['is that of RKE2', { name: 'rke2-coredns-rke2-coredns', label: 'k8s-app' }, ['10.96.0.77', '10.244.3.3']],
    [
      'is that of OpenShift, whose pods take queries on another port',
      { namespace: 'openshift-dns', name: 'dns-default', label: 'dns.operator.openshift.io/daemonset-dns', port: 5353 },
      ['10.96.0.77'],
    ],
    ['is none that only looks like one', { name: 'coredns', label: 'app' }, []],
  ])('%s', async (_what, dns, servers) => {
    expect(await asked(objectsOf(dns))).toEqual(servers);
  });
});
