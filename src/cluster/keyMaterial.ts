import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { ClusterEntry, UserEntry } from './kubeconfigEntries.ts';
import type { FileProblem } from './kubeconfigFile.ts';

type Read<T> = { ok: true; value: T } | { ok: false; problem: FileProblem };

async function base64Of(file: string, field: string): Promise<Read<string>> {
  try {
    return { ok: true, value: (await readFile(file)).toString('base64') };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { ok: false, problem: { kind: 'unreadable', file, code, field } };
  }
}

const invalid = (file: string, reason: string): Read<never> => ({
  ok: false,
  problem: { kind: 'invalid', file, reason },
});

/** The cluster with its certificate authority read in. Data in the kubeconfig wins over a file, as in kubectl. */
export async function withAuthority(
  { caFile, ...cluster }: ClusterEntry,
  kubeconfig: string,
): Promise<Read<ClusterEntry>> {
  const read = cluster.caData || !caFile ? undefined : await base64Of(caFile, 'certificate-authority');
  if (read && !read.ok) return read;
  const caData = cluster.caData ?? read?.value;
  // OpenSSL takes no offence at rubbish: every server would then present an "unknown" certificate.
  const rubbish = caData !== undefined && !Buffer.from(caData, 'base64').includes('-----BEGIN CERTIFICATE-----');
  if (rubbish)
    return invalid(caFile ?? kubeconfig, `certificate-authority of cluster ${cluster.name} holds no certificate`);
  return { ok: true, value: { ...cluster, ...(caData !== undefined && { caData }) } };
}

/** OpenSSL's code for why a certificate and its key (PEM) are of no use; undefined when they are fine, or absent. */
export function pemFault({ cert, key }: { cert?: string | undefined; key?: string | undefined }): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unusable';
  }
}

const decoded = (data: string | undefined) => data && Buffer.from(data, 'base64').toString();

/** The user with client certificate and key read in. A token file is only looked at: it is read again and again later. */
export async function withCertificate(
  { certFile, keyFile, ...user }: UserEntry,
  kubeconfig: string,
): Promise<Read<UserEntry>> {
  const cert = user.certData || !certFile ? undefined : await base64Of(certFile, 'client-certificate');
  const key = user.keyData || !keyFile ? undefined : await base64Of(keyFile, 'client-key');
  const token = user.tokenFile ? await base64Of(user.tokenFile, 'tokenFile') : undefined;
  for (const read of [cert, key, token]) if (read && !read.ok) return read;
  const certData = user.certData ?? (cert?.ok ? cert.value : undefined);
  const keyData = user.keyData ?? (key?.ok ? key.value : undefined);
  const complete = { ...user, ...(certData !== undefined && { certData }), ...(keyData !== undefined && { keyData }) };
  const fault = pemFault({ cert: decoded(certData), key: decoded(keyData) });
  return fault
    ? invalid(kubeconfig, `client certificate or key of user ${user.name}: ${fault}`)
    : { ok: true, value: complete };
}
