import { kubectl } from '../../src/practice/scenario/kubectl.ts';
import { type Scenario, type ScenarioSource, scenariosOf } from '../../src/practice/scenario/scenario.ts';
import { exec, type Said, type Stage, stage } from '../../src/practice/scenario/stage.ts';

export interface Scene extends Stage {
  /** Runs a shell line in a pod of namespace `shop` (`pod/NAME`, `deployment/NAME`, or a pod's name). */
  sh(from: string, line: string): Promise<Said>;
  /** What kubectl would print; other commands change something and let its consequences happen. */
  kubectl(...argv: string[]): Promise<string>;
  /** The values at a JSONPath of all objects of a kind in `shop`. */
  fields(kind: string, path: string): string;
}

export interface SceneOptions extends Partial<Pick<Scenario, 'needs' | 'break' | 'vars' | 'namespaces'>> {
  manifests: string;
}

const CASE = { title: 't', story: 's', lesson: 'l', hint: 'h', service: 'web', practice: { supported: true } };

/** A practice cluster with these manifests in namespace `shop`, 25 minutes old. */
export async function scene({ manifests, ...more }: SceneOptions): Promise<Scene> {
  const source: ScenarioSource = { folder: 'healthy-scene', content: CASE, manifests };
  const [scenario] = scenariosOf([source]);
  const set = await stage({ ...scenario!, ...more }, 'shop', Date.now);
  return {
    ...set,
    sh: (from, line) => exec(set, [from, '--', 'sh', '-c', line]),
    kubectl: (...argv) =>
      set.world.change(argv[0] === 'get' ? 0 : 20_000, () => kubectl(set.world, ['-n', 'shop', ...argv])),
    fields: (kind, path) => kubectl(set.world, ['-n', 'shop', 'get', kind, '-o', `jsonpath={.items[*]${path}}`]),
  };
}

/** A Deployment of one container. */
export const deployment = (name: string, container: string, { replicas = 1, pod = '' } = {}): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { ${pod ? `${pod}, ` : ''}containers: [{ name: main, ${container} }] }
---`;

export const pod = (name: string, container: string, more = ''): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { run: ${name} } }
spec: { ${more ? `${more}, ` : ''}containers: [{ name: main, ${container} }] }
---`;

export const service = (name: string, spec: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ${spec} }
---`;

export const CLIENT = pod('client', 'image: "busybox:1.36", command: [sleep, "86400"]');
export const WEB = 'image: "nginx:1.27", ports: [{ name: http, containerPort: 80 }]';
export const NETEXEC = (port: number, more = '') =>
  `image: "registry.k8s.io/e2e-test-images/agnhost:2.53", args: [netexec, --http-port=${port}${more}]`;
/** A container that runs a shell script. */
export const BUSY = (script: string) => `image: "busybox:1.36", command: [sh, -c, ${JSON.stringify(script)}]`;

/** The events of a reason in `shop`. */
export const events = (set: Scene, reason: string) =>
  set.world.store
    .list('Event', 'shop')
    .map((event) => event as unknown as { reason: string; message: string; count: number })
    .filter((event) => event.reason === reason);

export interface Slice {
  ports: { name: string; port: number }[] | null;
  endpoints: { addresses: string[]; conditions: Record<string, boolean>; hostname?: string }[] | null;
}
/** The EndpointSlices of `shop`. */
export const slices = (set: Scene) => set.world.store.list('EndpointSlice', 'shop') as unknown as Slice[];
