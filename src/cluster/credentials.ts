import type http from 'node:http';
import { type Fact, known } from '../model/fact.ts';
import type { LoadedKubeconfig } from './kubeconfig.ts';
import { type LoginOptions, logIn } from './login.ts';

/** What every request to the API server carries. */
export interface Credentials {
  agent: http.Agent;
  headers: http.OutgoingHttpHeaders;
}

export interface CredentialSource {
  /** However many ask at once, they are looked up once. */
  current(): Promise<Fact<Credentials>>;
  /** After a 401: newer ones than those refused; undefined where there can be none. */
  renewed(refused: Credentials): Promise<Fact<Credentials>> | undefined;
  /** Values that no message may contain. */
  secrets(): readonly string[];
  close(): void;
}

const MAX_CONNECTIONS = 16;
/** Node gives an address 250 ms before it tries the next; a far server needs more (https://github.com/nodejs/node/issues/54359). */
const ADDRESS_ATTEMPT_MS = 1_000;
/** A credential is not used in the last moments before it expires. */
const EXPIRY_MARGIN_MS = 5_000;
/**
 * No look-up is repeated sooner. Neither after a failure, or every fact of a walk would wait for the same plugin again, nor
 * where our clock says that the credential has expired already.
 */
const HOLD_MS = 10_000;

function tuned(agent: http.Agent): http.Agent {
  const changeable = agent as http.Agent & { keepAlive: boolean; options: Record<string, unknown> };
  changeable.keepAlive = true; // read at every request; the library makes agents that open a connection each time
  changeable.maxSockets = MAX_CONNECTIONS;
  Object.assign(changeable.options, { keepAlive: true, autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS });
  return agent;
}

/** The credentials of a kubeconfig, looked up when first asked for and kept until they expire. */
export function credentialSource(loaded: LoadedKubeconfig, options: LoginOptions): CredentialSource {
  const { user } = loaded;
  const renewable = user.tokenFile !== undefined || user.exec !== undefined || user.authProvider !== undefined;
  const agents = new Map<string, http.Agent>();
  const secrets = new Set<string>();
  let pending: Promise<Fact<Credentials>> | undefined;
  let settled: { fact: Fact<Credentials>; until: number } | undefined;

  const fresh = async (): Promise<Fact<Credentials>> => {
    const login = await logIn(loaded, options);
    const soonest = Date.now() + HOLD_MS;
    if (!login.known) {
      settled = { fact: login, until: soonest };
      return login;
    }
    const { agent, headers, expiresAt, identity } = login.value;
    for (const secret of login.value.secrets) secrets.add(secret);
    // A new token needs no new connections, a new certificate does.
    const kept = agents.get(identity) ?? tuned(agent);
    agents.set(identity, kept);
    settled = { fact: known({ agent: kept, headers }), until: Math.max(expiresAt - EXPIRY_MARGIN_MS, soonest) };
    return settled.fact;
  };
  const start = (): Promise<Fact<Credentials>> => {
    pending ??= fresh().finally(() => {
      pending = undefined;
    });
    return pending;
  };
  const current = async () => (pending || !settled || Date.now() >= settled.until ? start() : settled.fact);

  return {
    current,
    renewed: (refused) => {
      if (!renewable) return undefined;
      const newer = settled?.fact.known && settled.fact.value !== refused;
      return newer || pending ? current() : start();
    },
    secrets: () => [...secrets],
    close: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}
