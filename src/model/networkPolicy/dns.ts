import type { Pod, Protocol, Service } from '../kubernetes.ts';
import { podPortOf, protocolOf } from '../ports.ts';
import type { Truth } from '../truth.ts';
import { type Admission, admission } from './mayConnect.ts';
import { type Connection, type Party, podParty } from './party.ts';
import { isolating } from './policies.ts';

/** A DNS port: https://www.rfc-editor.org/rfc/rfc1035#section-4.2 */
const DNS_PORT = 53;
/** A resolver asks over UDP first, and again over TCP when an answer is cut off. */
const PROTOCOLS = ['UDP', 'TCP'] as const satisfies readonly Protocol[];

/** Something that answers DNS queries, and the port on it by protocol. */
export interface DnsServer {
  party: Party;
  ports: Partial<Record<Protocol, number>>;
}

export interface DnsEgress {
  protocol: (typeof PROTOCOLS)[number];
  /** True: every server may be asked. False: at least one may not, `admissions` say which. */
  allowed: Truth;
  /** In the order of the servers; those that do not serve the protocol are left out. */
  admissions: readonly (Admission & { server: Party; port: number })[];
}

type DnsQuestion = Pick<Connection, 'policies' | 'client' | 'namespaces'> & { servers: readonly DnsServer[] };

/** The pods of the DNS Service as servers: its port 53 is often another number on the pod. */
export const dnsServers = (service: Service, pods: readonly Pod[]): DnsServer[] =>
  pods.map((pod) => ({ party: podParty(pod), ports: dnsPortsOf(service, pod) }));

function dnsPortsOf(service: Service, pod: Pod): DnsServer['ports'] {
  const ports = (service.spec?.ports ?? []).filter(({ port }) => port === DNS_PORT);
  return Object.fromEntries(
    ports.flatMap((servicePort) => {
      const number = podPortOf(pod, servicePort);
      return number === undefined ? [] : [[protocolOf(servicePort.protocol), number]];
    }),
  );
}

/** Whether the egress policies of a client let it ask its DNS servers, over UDP and over TCP. */
export const dnsEgress = (question: DnsQuestion): DnsEgress[] =>
  PROTOCOLS.map((protocol) => ({ protocol, ...overAll(question, protocol) }));

function overAll({ servers, ...question }: DnsQuestion, protocol: Protocol): Omit<DnsEgress, 'protocol'> {
  const admissions = servers.flatMap(({ party, ports }) => {
    const port = ports[protocol];
    if (port === undefined) return [];
    return [{ ...admission({ ...question, backend: party, port, protocol }, 'egress'), server: party, port }];
  });
  if (admissions.length > 0) return { allowed: together(admissions), admissions };
  // No server is known: free all the same where nothing isolates the client.
  const isolated = isolating(question.policies, question.client, 'egress').length > 0;
  return { allowed: isolated ? 'unknown' : true, admissions };
}

function together(admissions: readonly Admission[]): Truth {
  if (admissions.some(({ allowed }) => allowed === false)) return false;
  return admissions.every(({ allowed }) => allowed === true) ? true : 'unknown';
}
