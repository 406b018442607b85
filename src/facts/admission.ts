import type { Obstacle } from '../model/fact.ts';
import type { ServicePort } from '../model/kubernetes.ts';
import type { Facts } from './facts.ts';
import type { ProbeReport } from './probe.ts';

/**
 * Why silence means nothing: NetworkPolicies admit other pods to the port, but not this probe.
 * Undefined where the vantage point is admitted, where nobody is, or where it is the suffering client itself.
 */
export async function deniedToProbe(
  _facts: Facts,
  _report: ProbeReport,
  _port: ServicePort,
): Promise<Obstacle | undefined> {
  return undefined;
}
