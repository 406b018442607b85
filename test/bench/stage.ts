import { run } from '../e2e/lib/command.ts';

/** A healthy Service with three replicas, the one of the Kubernetes page, and one beside it that selects nothing. */
export interface Stage {
  namespace: string;
  /** Of KUBECONFIG or --kubeconfig, with all that it refers to, as text. */
  kubeconfig: string;
  /** Makes the namespace and waits until its pods are ready. */
  raise(): Promise<void>;
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

/** Nothing is made yet. `file`: a kubeconfig; absent: the one that kubectl takes. */
export async function stageOf(file: string | undefined): Promise<Stage> {
  const namespace = `svc-debug-bench-${process.pid}`;
  const env: Record<string, string> = file === undefined ? {} : { KUBECONFIG: file };
  const kubectl = async (args: string[], input = ''): Promise<string> => {
    const { exit, stdout, stderr } = await run('kubectl', args, { env, input, timeoutMs: 180_000 });
    if (exit !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
    return stdout;
  };
  return {
    namespace,
    kubeconfig: await kubectl(['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json']),
    raise: async () => {
      await kubectl(['create', 'namespace', namespace]);
      const items = [deployment, service(HEALTHY, HEALTHY), service(SELECTS_NOTHING, 'hostname')];
      await kubectl(['-n', namespace, 'apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      await kubectl(['-n', namespace, 'rollout', 'status', `deployment/${HEALTHY}`, '--timeout=120s']);
    },
    clear: async () => void (await kubectl(['delete', 'namespace', namespace, '--ignore-not-found'])),
  };
}
