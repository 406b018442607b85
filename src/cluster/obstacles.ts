import type { Obstacle } from '../model/fact.ts';
import type { Access, Ask } from './ask.ts';
import { type Failure, type Reply, TOO_LARGE } from './exchange.ts';
import { redact } from './redact.ts';

/** `reason` of an api-error when something answered that is no Kubernetes API server. */
export const NOT_KUBERNETES = 'NotKubernetes';

/** The object that the API server sends with every error. */
export interface Status {
  kind: 'Status';
  status?: string;
  message?: string;
  reason?: string;
  code?: number;
  details?: { causes?: { reason?: string; message?: string }[] };
}

export function statusOf(body: string): Status | undefined {
  try {
    const value = JSON.parse(body) as Status | null;
    return value?.kind === 'Status' ? value : undefined;
  } catch {
    return undefined;
  }
}

const contentType = ({ headers }: Reply) => (headers['content-type'] ?? '').toLowerCase();

const isHtml = (reply: Reply): boolean =>
  contentType(reply).includes('html') || /^\s*<(!doctype|html|\?xml)/i.test(reply.body);

/** A page's title, or its first words. */
function wordsOf(body: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1];
  const words = title ?? body.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ');
  return words.replace(/\s+/g, ' ').trim().slice(0, 200);
}

const isUnauthenticated = (message: string) => /User "system:anonymous"/.test(message);

/**
 * What RBAC misses, as the server names it: from Kubernetes 1.35 on an exec needs another verb than its method tells, and a
 * refused impersonation is about `users`. Source: apiserver, `responsewriters.ForbiddenStatusError`.
 */
function accessNamed(message: string): Access | undefined {
  const user = String.raw`User "(?:[^"\\]|\\.)*" cannot (\S+)`;
  const place = '(?: in the namespace "([^"]*)")?';
  const resource = new RegExp(`${user} resource "([^"]*)" in API group "([^"]*)"${place}`).exec(message);
  if (resource) {
    const [, verb = '', name = '', group = '', namespace] = resource;
    return { verb, resource: name, group, ...(namespace !== undefined && { namespace }) };
  }
  const [, verb, path] = new RegExp(`${user} path "([^"]*)"`).exec(message) ?? [];
  return verb !== undefined && path !== undefined ? { verb, resource: path, group: '' } : undefined;
}

/** A 403 is a missing right, or else an admission plugin or a quota that refuses what was to be written. */
function forbidden(
  { reason, message = '' }: Status,
  { method, acts, access }: Ask,
  secrets: readonly string[],
): Obstacle {
  const words = redact(message, secrets);
  if (isUnauthenticated(message)) return { kind: 'unauthorized', message: words };
  const missing = accessNamed(message) ?? (method === 'GET' && !acts ? access : undefined);
  if (!missing) return { kind: 'api-error', status: 403, ...(reason && { reason }), message: words };
  return { kind: 'forbidden', ...missing, message: words };
}

/** An answer without Status: the API server itself has few of them (404 page not found, 429), all of plain text. */
function foreign(reply: Reply, secrets: readonly string[]): Obstacle {
  const { status, headers, body } = reply;
  const target = headers.location && URL.canParse(headers.location) ? ` to ${new URL(headers.location).origin}` : '';
  const words = redact(wordsOf(body), secrets) || `HTTP ${status}`;
  const message = status >= 300 && status < 400 ? `redirects${target}` : words;
  const stranger = isHtml(reply) || status < 400 || status === 403 || contentType(reply).includes('json');
  return { kind: 'api-error', status, ...(status < 500 && stranger && { reason: NOT_KUBERNETES }), message };
}

/** Why a reply is no answer. For replies outside of 2xx, and for 2xx whose body is not what was asked for. */
export function replyObstacle(reply: Reply, ask: Ask, secrets: readonly string[]): Obstacle {
  const status = statusOf(reply.body);
  if (reply.status === 401 && !isHtml(reply)) {
    return { kind: 'unauthorized', message: redact(status?.message ?? wordsOf(reply.body), secrets) || 'Unauthorized' };
  }
  if (!status) return foreign(reply, secrets);
  if (reply.status === 403) return forbidden(status, ask, secrets);
  const { reason, message = '' } = status;
  return { kind: 'api-error', status: reply.status, ...(reason && { reason }), message: redact(message, secrets) };
}

/** Why no reply came. The code tells the reasons apart; those of certificates are OpenSSL's, as Node passes them on. */
export function failureObstacle({ code, message }: Failure, secrets: readonly string[]): Obstacle {
  const words = redact(message, secrets);
  if (code === TOO_LARGE) return { kind: 'api-error', status: 200, reason: 'TooLarge', message: words };
  return { kind: 'unreachable', message: words, ...(code !== undefined && { code }) };
}

/** Why the body of a 2xx reply is of no use, when it is not the JSON that was asked for. */
export function unreadable(reply: Reply): Obstacle {
  if (isHtml(reply) || reply.body.trim() === '') return foreign(reply, []);
  return { kind: 'api-error', status: reply.status, reason: 'InvalidJson', message: 'the answer is not valid JSON' };
}
