/** What concerns the Service as a whole: who carries it, its address, its families. */
import { isIPv6 } from 'node:net';
import { clusterIPsOf, portsInScope } from '../../facts/backends.ts';
import { attemptsTo } from '../../facts/probe.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { Pod } from '../../model/kubernetes.ts';
import { reachOf } from '../../model/reach.ts';
import { clusterAddress, type Whole } from './address.ts';
import { type Inspection, isServed } from './inspection.ts';
import { patchRemedy } from './remedies.ts';

export async function wholeService(inspection: Inspection): Promise<Whole> {
  const { findings, obstacles } = await clusterAddress(inspection, allServed(inspection));
  return { findings: [...otherProxy(inspection), ...families(inspection), ...findings], obstacles };
}

/** True when every port in scope that was heard is served; undefined when nothing was heard. */
function allServed(inspection: Inspection): boolean | undefined {
  const { service, facts } = inspection;
  const heard = portsInScope(service.spec?.ports, facts.target).flatMap((port) => isServed(inspection, port) ?? []);
  return heard.length === 0 ? undefined : heard.every(Boolean);
}

/**
 * Labels that make kube-proxy pass a Service over. `headless` did so up to 1.32.
 * Source: cmd/kube-proxy/app/server.go, the label selector of its informers.
 */
const PASSED_OVER = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'];

function otherProxy(inspection: Inspection): Finding[] {
  const { service, facts } = inspection;
  const labels = service.metadata?.labels ?? {};
  const label = PASSED_OVER.find((key) => Object.hasOwn(labels, key));
  const served = allServed(inspection);
  if (label === undefined || served || clusterIPsOf(service.spec).length === 0) return [];
  const value = labels[label] ?? '';
  const { namespace, service: name } = facts.target;
  const command = kubectl(namespace, 'get', 'service', name, '--show-labels');
  return [
    {
      code: 'spec/other-proxy',
      severity: served === false && label === PASSED_OVER[0] ? 'error' : 'warning',
      breaks: 'service-address',
      subject: {},
      params: { label, value },
      evidence: [{ what: 'spec.label', params: { label, value }, command }],
      remedies: [{ id: 'remove-label', commands: [kubectl(namespace, 'label', 'service', name, `${label}-`)] }],
    },
  ];
}

const familyOf = (address: string): string => (isIPv6(address) ? 'IPv6' : 'IPv4');

const podFamilies = (pods: readonly Pod[]): string[] => [
  ...new Set(
    pods
      .flatMap(({ status }) => [...(status?.podIPs ?? []).map(({ ip }) => ip), status?.podIP ?? ''])
      .filter(Boolean)
      .map(familyOf),
  ),
];

/** A family of the Service that none of its pods has: its slices of that family stay empty, its address there is refused. */
function families(inspection: Inspection): Finding[] {
  const { service, facts, pods, backends } = inspection;
  const wanted = service.spec?.ipFamilies ?? [];
  const present = podFamilies(pods);
  const lacking = wanted.filter((family) => !present.includes(family));
  if (present.length === 0 || lacking.length === 0) return [];
  // slices of that family may be made by other means than pods
  if (lacking.some((family) => backends.some(({ address }) => familyOf(address) === family))) return [];
  const params = { families: lacking, podFamilies: present };
  const observation: Observation = {
    what: 'spec.families',
    params,
    command: kubectl(
      facts.target.namespace,
      'get',
      'service',
      facts.target.service,
      '-o',
      'jsonpath={.spec.ipFamilies}',
    ),
  };
  const [first] = present;
  const change = [
    { op: 'replace' as const, path: '/spec/ipFamilyPolicy', value: 'PreferDualStack' },
    { op: 'replace' as const, path: '/spec/ipFamilies', value: [...wanted, first] },
  ];
  const single = wanted.length === 1;
  return [
    {
      code: 'spec/family-mismatch',
      severity: lacking.length === wanted.length || fails(inspection, lacking) ? 'error' : 'warning',
      breaks: 'service-address',
      subject: {},
      params,
      evidence: [observation],
      // a second family can be added; the first one stays for the life of the Service
      remedies: single ? [patchRemedy('set-families', facts.target, change)] : [{ id: 'set-families', commands: [] }],
    },
  ];
}

/** Whether a cluster IP of one of these families was asked, and did not answer. */
function fails({ service, facts, report }: Inspection, lacking: readonly string[]): boolean {
  const addresses = clusterIPsOf(service.spec).filter((address) => lacking.includes(familyOf(address)));
  const ports = portsInScope(service.spec?.ports, facts.target);
  return addresses.some((address) =>
    ports.some(({ port }) => report && reachOf(attemptsTo(report, address, port))?.answered === 0),
  );
}
