import { policiesIn, serverVersion, serviceOf, slicesOf } from '../../facts/api.ts';
import type { Facts } from '../../facts/facts.ts';
import type { Obstacle } from '../../model/fact.ts';
import type { Finding } from '../../model/finding.ts';
import { hidden, outcome } from '../../model/outcome.ts';
import type { Step } from '../step.ts';

declare module '../../model/finding.ts' {
  interface Findings {
    'access/unreachable': { params: { message: string; code: string }; remedies: 'check-network' };
    'access/certificate': { params: { message: string; code: string }; remedies: 'refresh-kubeconfig' };
    'access/not-kubernetes': { params: { message: string }; remedies: 'check-server' };
    'access/unauthorized': { params: { message: string }; remedies: 'log-in' };
    'access/credential-plugin': { params: { plugin: string; message: string }; remedies: 'fix-plugin' };
    'access/forbidden': { params: { namespace: string; message: string }; remedies: 'ask-for-rights' };
    'access/server-error': { params: { status: number; message: string }; remedies: 'check-server' };
  }
  interface Observations {
    'access.version': { version: string };
  }
}

/** Whether the API server answers at all. Rights are learnt by trying: other steps name the verb and resource they miss. */
export const access: Step = {
  id: 'access',
  async check(facts: Facts) {
    const [version, refused] = await Promise.all([facts.ask(serverVersion), refusedAltogether(facts)]);
    if (refused) return outcome({ findings: [refused] });
    if (version.known) {
      return outcome({ observations: [{ what: 'access.version', params: { version: version.value.gitVersion } }] });
    }
    const finding = noAccess(version.obstacle);
    // /version may be closed to anonymous users while the rest is open: that is no lack of access.
    return finding ? outcome({ findings: [finding] }) : hidden(version.obstacle);
  },
};

/** The finding for a namespace of which nothing may be read: neither the Service, nor its slices, nor the policies. */
async function refusedAltogether(facts: Facts): Promise<Finding | undefined> {
  const { target } = facts;
  const service = await facts.ask(serviceOf(target));
  if (service.known || service.obstacle.kind !== 'forbidden') return undefined;
  const others = await Promise.all([facts.ask(slicesOf(target)), facts.ask(policiesIn(target.namespace))]);
  if (!others.every((fact) => !fact.known && fact.obstacle.kind === 'forbidden')) return undefined;
  const { namespace } = target;
  const canI = ['kubectl', '-n', namespace, 'auth', 'can-i', '--list'];
  return {
    code: 'access/forbidden',
    severity: 'error',
    breaks: 'access',
    subject: {},
    params: { namespace, message: service.obstacle.message },
    evidence: [],
    remedies: [{ id: 'ask-for-rights', commands: [canI] }],
  };
}

/** Names from Node's TLS layer that mean the certificate, not the network. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS|ERR_SSL|EPROTO/;

/** OpenSSL's words for an answer that is no TLS at all: a plain HTTP port, or a proxy. */
const PLAIN = /wrong[ _]version[ _]number|packet length too long|http request/i;

/** The finding for an obstacle that means "no access", or undefined when it means something else. */
export function noAccess(obstacle: Obstacle): Finding | undefined {
  const common = { severity: 'error', breaks: 'access', subject: {}, evidence: [] } as const;
  switch (obstacle.kind) {
    case 'unreachable': {
      const params = { message: obstacle.message, code: obstacle.code ?? '' };
      const remedies = [{ id: 'check-server' as const, commands: [] }];
      if (PLAIN.test(`${params.code} ${params.message}`)) {
        return { ...common, code: 'access/not-kubernetes', params: { message: params.message }, remedies };
      }
      return CERTIFICATE.test(params.code)
        ? { ...common, code: 'access/certificate', params, remedies: [{ id: 'refresh-kubeconfig', commands: [] }] }
        : { ...common, code: 'access/unreachable', params, remedies: [{ id: 'check-network', commands: [] }] };
    }
    case 'timeout': {
      const params = { message: `no answer within ${obstacle.afterMs / 1000} s`, code: 'ETIMEDOUT' };
      return { ...common, code: 'access/unreachable', params, remedies: [{ id: 'check-network', commands: [] }] };
    }
    case 'unauthorized': {
      if (obstacle.plugin !== undefined) {
        const params = { plugin: obstacle.plugin, message: obstacle.message };
        return { ...common, code: 'access/credential-plugin', params, remedies: [{ id: 'fix-plugin', commands: [] }] };
      }
      const remedies = [{ id: 'log-in' as const, commands: [['kubectl', 'auth', 'whoami']] }];
      return { ...common, code: 'access/unauthorized', params: { message: obstacle.message }, remedies };
    }
    case 'api-error': {
      const remedies = [{ id: 'check-server' as const, commands: [['kubectl', 'get', '--raw', '/readyz?verbose']] }];
      const { message, status } = obstacle;
      return obstacle.reason === 'NotKubernetes'
        ? { ...common, code: 'access/not-kubernetes', params: { message }, remedies }
        : { ...common, code: 'access/server-error', params: { message, status }, remedies };
    }
    default:
      return undefined;
  }
}
