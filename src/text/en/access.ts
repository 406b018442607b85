import type { StepCatalogue } from '../catalogue.ts';

export const access: StepCatalogue<'access'> = {
  findings: {
    'access/unreachable': {
      says: ({ message }) => `The API server cannot be reached: ${message}`,
      why: 'Nothing can be asked of a cluster whose API server does not answer.',
      prove: 'kubectl version, and curl -k against the server address of the kubeconfig.',
      mend: 'Check VPN, proxy and firewall between here and the API server, and the `server:` line of the kubeconfig.',
      remedies: { 'check-network': () => 'Check VPN, proxy and firewall, and the server address of this context' },
    },
    'access/certificate': {
      says: ({ message }) => `The certificate of the API server is not trusted: ${message}`,
      why: 'Without a trusted certificate the answers could come from anyone, so none is asked for.',
      prove: 'kubectl version shows the same x509 error.',
      mend: 'Fetch a fresh kubeconfig for this cluster. A rotated or rebuilt cluster has a new certificate authority.',
      remedies: { 'refresh-kubeconfig': () => 'Fetch the kubeconfig of this cluster again' },
    },
    'access/not-kubernetes': {
      says: ({ message }) => `What answers is not a Kubernetes API server: ${message}`,
      why: 'A login page or a proxy stands between here and the API server.',
      prove: 'curl -k the server address of the kubeconfig: it prints HTML.',
      mend: 'Log in to the proxy or VPN, or correct the `server:` line of the kubeconfig.',
      remedies: { 'check-server': () => 'Look at what the address answers' },
    },
    'access/unauthorized': {
      says: ({ message }) => `The credentials are not accepted: ${message}`,
      why: 'They are missing, expired or meant for another cluster.',
      prove: 'kubectl auth whoami gives the same answer.',
      mend: 'Log in again, as you do for this cluster.',
      remedies: { 'log-in': () => 'Log in again, then check who you are' },
    },
    'access/credential-plugin': {
      says: ({ plugin, message }) => `The login plugin ${plugin} gave no credentials: ${message}`,
      why: 'The kubeconfig gets its credentials from that program.',
      prove: 'kubectl get namespaces fails in the same way.',
      mend: 'Install the plugin, or run `kubectl get namespaces` once in a terminal to log in.',
      remedies: { 'fix-plugin': () => 'Install it, or run `kubectl get namespaces` once in a terminal to log in' },
    },
    'access/forbidden': {
      says: ({ namespace, message }) => `Nothing may be read in namespace ${namespace}: ${message}`,
      why: 'Your user has no rights in that namespace. One that does not exist is refused in the same words.',
      prove: 'kubectl auth can-i --list in that namespace.',
      mend: 'Check the namespace and the context, or ask for the rights that the README lists.',
      remedies: { 'ask-for-rights': () => 'Check namespace and context, and see what you may do there' },
    },
    'access/server-error': {
      says: ({ status, message }) => `The API server answers with an error (${status}): ${message}`,
      why: 'It, its database or a proxy before it is not well.',
      prove: 'kubectl get --raw /readyz?verbose names the part that fails.',
      mend: 'Mend the control plane first; then run this again.',
      remedies: { 'check-server': () => 'Ask the API server which of its parts fails' },
    },
  },
  observations: {
    'access.version': ({ version }) => `API server ${version}`,
  },
};
