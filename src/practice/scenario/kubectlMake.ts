import { create, read } from '../api/objects.ts';
import { mergePatch } from '../api/patch.ts';
import type { Workload } from '../objects.ts';
import { type Call, changed, MANAGER, place, resource } from './kubectlCall.ts';

export function expose(call: Call): undefined {
  const { world, flags } = call;
  const workload = read(world, place(call)) as Workload;
  const port = Number(flags.get('port'));
  const target = flags.get('target-port') ?? String(port);
  make(call, 'Service', flags.get('name') ?? workload.metadata.name, {
    metadata: { labels: workload.metadata.labels },
    spec: {
      selector: workload.spec.selector?.matchLabels,
      ports: [{ port, protocol: 'TCP', targetPort: /^\d+$/.test(target) ? Number(target) : target }],
    },
  });
}

function make({ world, namespace }: Call, kind: string, name: string, content: Record<string, unknown>): void {
  const of = resource(kind);
  const body = mergePatch({ apiVersion: of.group ? `${of.group}/v1` : 'v1', kind, metadata: { name } }, content);
  create(world, of, of.namespaced ? namespace : undefined, body, { manager: MANAGER });
}

export function createCommand(call: Call): undefined {
  const { flags, all, words } = call;
  const [what = '', kind = '', name = ''] = words;
  if (what === 'namespace') make(call, 'Namespace', kind, {});
  else if (what === 'service' && kind === 'externalname')
    make(call, 'Service', name, { spec: { type: 'ExternalName', externalName: flags.get('external-name') } });
  else if (what === 'service') {
    const pairs = all.filter(([flag]) => flag === 'tcp').map(([, pair]) => pair);
    const ports = pairs.map((pair) => {
      const [port = '', target = port] = pair.split(':');
      return { name: pair.replace(':', '-'), port: Number(port), targetPort: Number(target) };
    });
    const clusterIP = flags.get('clusterip');
    make(call, 'Service', name, { spec: { ...(clusterIP && { clusterIP }), selector: { app: name }, ports } });
  } else if (what === 'secret') make(call, 'Secret', name, { stringData: literals(call) });
  else if (what === 'configmap') make(call, 'ConfigMap', kind, { data: literals(call) });
  else throw new Error(`kubectl create ${what} is not known here`);
}

const literals = ({ all }: Call): Record<string, string> =>
  Object.fromEntries(all.filter(([flag]) => flag === 'from-literal').map(([, pair]) => pair.split(/=(.*)/s)));

export function set(call: Call): undefined {
  const { flags, words, world } = call;
  const [what = '', target = '', ...pairs] = words;
  const where = { ...call, words: [target] };
  const given = pairs.map((pair) => pair.split(/=(.*)/s));
  const { containers } = (read(world, place(where)) as Workload).spec.template.spec;
  const quantities = (flag: string) =>
    Object.fromEntries(
      (flags.get(flag) ?? '')
        .split(',')
        .filter(Boolean)
        .map((pair) => pair.split('=')),
    );
  const change: Record<string, (name: string) => unknown> = {
    image: (name) => ({ image: given.find(([key]) => key === name)?.[1] }),
    env: () => ({ env: given.map(([name, value]) => ({ name, value })) }),
    resources: () => ({ resources: { requests: quantities('requests'), limits: quantities('limits') } }),
  };
  const changes = containers.map(({ name }) => ({ name, ...(change[what]?.(name) as object) }));
  changed(where, JSON.parse(JSON.stringify({ spec: { template: { spec: { containers: changes } } } })));
}

export function run(call: Call): undefined {
  const { flags, words } = call;
  const [name = ''] = words;
  const labels = Object.fromEntries((flags.get('labels') ?? `run=${name}`).split(',').map((pair) => pair.split('=')));
  const overrides = JSON.parse(flags.get('overrides') ?? '{}') as Record<string, unknown>;
  const pod = { metadata: { labels }, spec: { containers: [{ name, image: flags.get('image') }] } };
  make(call, 'Pod', name, mergePatch(pod, overrides) as Record<string, unknown>);
}
