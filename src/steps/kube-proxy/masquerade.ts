/** Whose requests get the node's address: those that a backend sends to itself must, those of other pods must not. */
import type { Finding } from '../../model/finding.ts';
import { lookAtConfig, written } from './remedies.ts';
import { look, type RulesPlace } from './rulesPlace.ts';

export const masqueradeFindings = (place: RulesPlace): Finding[] => [...missing(place), ...tooMany(place)];

function missing(place: RulesPlace): Finding[] {
  const { node, pod, report } = place;
  const endpoints = report.unmasqueraded;
  if (endpoints.length === 0 || !report.complete) return [];
  return [
    {
      code: 'kube-proxy/masquerade-missing',
      severity: 'error',
      breaks: 'node-rules',
      subject: { node },
      params: { node, pod, endpoints },
      evidence: [{ what: 'kube-proxy.not-masqueraded', params: { node, endpoints }, command: look(place) }],
      remedies: written(place),
    },
  ];
}

/** It costs only the client's address, unless a NetworkPolicy goes by that. */
function tooMany(place: RulesPlace): Finding[] {
  const { node, pod, report, heard } = place;
  if (!report.masqueradesPods) return [];
  const client = report.ways.find(({ entry }) => entry.kind === 'cluster-ip')?.entry.source ?? '';
  return [
    {
      code: 'kube-proxy/masquerades-pods',
      severity: heard === 'fails' ? 'error' : 'warning',
      breaks: 'node-rules',
      subject: { node },
      params: { node, pod, client, cidr: report.clusterCIDR ?? '' },
      evidence: [{ what: 'kube-proxy.masqueraded', params: { node, client }, command: look(place) }],
      remedies: [lookAtConfig],
    },
  ];
}
