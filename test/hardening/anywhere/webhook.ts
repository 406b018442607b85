import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { createAuthority } from '../../support/certificate.ts';
import { until } from '../lib/stage.ts';
import { ask, must } from '../lib/upstream.ts';
import { mutating, type Place } from './objects.ts';

interface Webhook {
  /** As a webhook configuration has it. */
  clientConfig: { url: string; caBundle: string };
  /** How many pods it changed. */
  changed(): number;
  close(): void;
}

/** The address of this machine that the API server can be expected to reach: the one from which it is reached. */
const ownAddress = ({ hostname, port }: URL): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(port || 443), hostname, () => {
      resolve(socket.localAddress ?? '127.0.0.1');
      socket.destroy();
    });
    socket.on('error', reject);
  });

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

/**
 * Adds these containers to every pod, as meshes do.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response
 */
async function sidecarWebhook(apiServer: URL, sidecar: object): Promise<Webhook> {
  const host = await ownAddress(apiServer);
  const authority = createAuthority('hardening webhook');
  let changed = 0;
  const server = createServer(authority.issue({ names: [host] }), (request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    request.on('end', () => {
      const { request: review } = JSON.parse(text) as { request: { uid: string } };
      changed += 1;
      const patch = encoded([{ op: 'add', path: '/spec/containers/0', value: sidecar }]);
      const answer = { uid: review.uid, allowed: true, patchType: 'JSONPatch', patch };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    clientConfig: { url: `https://${host}:${port}/`, caBundle: Buffer.from(authority.cert).toString('base64') },
    changed: () => changed,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
/** First of the containers, so that it is the one that an exec without a name would meet. */
const SIDECAR = { name: 'mesh-proxy', image: 'busybox:1.36', command: ['sleep', '86400'] };
const TRIAL = { metadata: { name: 'trial' }, spec: { containers: [{ name: 'a', image: 'a' }] } };

/** Every new pod of the namespace gets a sidecar. */
export async function withSidecar({ upstream, namespace }: Place): Promise<() => Promise<void>> {
  const webhook = await sidecarWebhook(upstream.url, SIDECAR);
  await must(upstream, 'POST', CONFIGURATIONS, mutating(namespace, webhook.clientConfig));
  await until('a webhook that is asked', 30_000, async () => {
    await ask(upstream, 'POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, TRIAL);
    return webhook.changed() > 0;
  });
  const before = webhook.changed();
  return async () => {
    await ask(upstream, 'DELETE', `${CONFIGURATIONS}/${namespace}`);
    webhook.close();
    if (webhook.changed() === before) throw new Error('the probe did not pass the webhook');
  };
}
