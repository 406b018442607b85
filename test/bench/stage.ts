import { run } from '../e2e/lib/command.ts';

/** A healthy Service with three replicas, the one of the Kubernetes page, and one beside it that selects nothing. */
export interface Stage {
  namespace: string;
  /** Of KUBECONFIG or --kubeconfig, with all that it refers to, as text. */
  kubeconfig: string;
  kubectl(...args: string[]): Promise<string>;
  clear(): Promise<void>;
}

export const HEALTHY = 'hostnames';
export const SELECTS_NOTHING = 'hostnames-typo';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: HEALTHY, labels: { app: HEALTHY } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: HEALTHY } },
    template: {
      metadata: { labels: { app: HEALTHY } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          { name: HEALTHY, image: 'registry.k8s.io/serve_hostname', ports: [{ name: 'http', containerPort: 9376 }] },
        ],
      },
    },
  },
};

const service = (name: string, app: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels: { app: HEALTHY } },
  spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
});

/** Makes the namespace and waits until its pods are ready. `file`: a kubeconfig; absent: the one kubectl takes. */
export async function raise(file: string | undefined): Promise<Stage> {
  const namespace = `svc-debug-bench-${process.pid}`;
  const env: Record<string, string> = file === undefined ? {} : { KUBECONFIG: file };
  const kubectl = async (input: string, ...args: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await run('kubectl', args, { env, input, timeoutMs: 180_000 });
    if (exit !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
    return stdout;
  };
  const stage: Stage = {
    namespace,
    kubeconfig: await kubectl('', 'config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'),
    kubectl: (...args) => kubectl('', ...args),
    clear: async () => void (await kubectl('', 'delete', 'namespace', namespace, '--ignore-not-found')),
  };
  await kubectl('', 'create', 'namespace', namespace);
  const items = [deployment, service(HEALTHY, HEALTHY), service(SELECTS_NOTHING, 'hostname')];
  await kubectl(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), '-n', namespace, 'apply', '-f', '-');
  await kubectl('', '-n', namespace, 'rollout', 'status', `deployment/${HEALTHY}`, '--timeout=120s');
  return stage;
}
