import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';

/** Where Go looks for the certificate authorities of the system: crypto/x509, root_linux.go, root_bsd.go. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * Certificate authorities for a cluster whose kubeconfig names none. kubectl then trusts the system's, Node only its own:
 * behind a company's own authority svc-debug would call a certificate unknown that kubectl accepts.
 */
export async function systemAuthorities(env: NodeJS.ProcessEnv): Promise<string[] | undefined> {
  for (const file of env.SSL_CERT_FILE ? [env.SSL_CERT_FILE] : BUNDLES) {
    const bundle = await readFile(file, 'utf8').catch(() => undefined);
    if (bundle) return [...rootCertificates, bundle];
  }
  return undefined;
}
