import { attemptsTo } from '../../facts/probe.ts';
import type { Finding, Observation } from '../../model/finding.ts';
import type { ServicePort } from '../../model/kubernetes.ts';
import { portKey, protocolOf, targetPortOf } from '../../model/ports.ts';
import { reachOf } from '../../model/reach.ts';
import { repeat } from '../repeat.ts';
import { heardBackends, type Inspection } from './inspection.ts';
import { portRemedy } from './remedies.ts';

/**
 * The name of a headless Service leads to the pods themselves, and nothing on the way translates ports: a client that
 * dials `port` meets that number on the pod. Clients that read SRV records get the pods' number, and are fine.
 * https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
 */
export function headlessRemap(inspection: Inspection, port: ServicePort): Finding[] {
  const { service, facts, backends, report } = inspection;
  if (service.spec?.clusterIP !== 'None' || protocolOf(port.protocol) !== 'TCP') return [];
  const key = portKey(port);
  const remapped = backends.filter(({ ports }) => ports[key] !== undefined && ports[key] !== port.port);
  const number = remapped[0]?.ports[key];
  if (number === undefined || remapped.length < backends.length) return [];
  const dialled = remapped.flatMap((backend) => {
    const reach = report && reachOf(attemptsTo(report, backend.address, port.port));
    return reach ? [{ backend, reach }] : [];
  });
  if (dialled.some(({ reach }) => reach.answered > 0)) return [];
  const answersThere = heardBackends(inspection, port).some(({ reach }) => reach.answered > 0);
  const refused = answersThere && dialled.length > 0 && dialled.every(({ reach }) => reach.failure === 'refused');
  const evidence = dialled.slice(0, 3).flatMap(({ backend }): Observation[] => {
    if (!report) return [];
    const command = repeat(report, { address: backend.address, port: port.port });
    return [{ what: 'spec.refused', params: { pod: backend.name, number: port.port }, command }];
  });
  return [
    {
      code: 'spec/headless-port-remap',
      severity: refused ? 'error' : 'warning',
      breaks: 'spec',
      subject: { port: key },
      params: { port: key, targetPort: String(targetPortOf(port)), number, refused },
      evidence: refused ? evidence : [],
      remedies: [
        { id: 'dial-pod-port', commands: [] },
        portRemedy('set-port', facts.target, service, port, 'port', number),
      ],
    },
  ];
}
