import { dump, loadAll } from 'js-yaml';
import { ApiError } from '../api/errors.ts';
import { create, read, remove, update } from '../api/objects.ts';
import { strategicMerge } from '../api/patch.ts';
import { labelSelector } from '../api/select.ts';
import type { World } from '../cluster/world.ts';
import type { KubeObject } from '../objects.ts';
import { options } from '../programs/options.ts';
import { jsonPath } from './jsonPath.ts';
import { type Call, changed, MANAGER, place, placed, placesOf, resource, STRATEGIC } from './kubectlCall.ts';
import { createCommand, expose, run, set } from './kubectlMake.ts';

const VALUED = [
  'n',
  'namespace',
  'l',
  'selector',
  'o',
  'p',
  'patch',
  'type',
  'f',
  'replicas',
  'port',
  'target-port',
  'name',
  'image',
  'labels',
  'overrides',
  'external-name',
  'tcp',
  'from-literal',
  'requests',
  'limits',
  'timeout',
  'for',
  'field-selector',
  'tail',
  'c',
];
/** The few commands of kubectl that scenarios are made of, without kubectl. Gives what `get` prints. @throws ApiError */
export function kubectl(world: World, argv: readonly string[], input = ''): string {
  const { flags, all, words } = options(['kubectl', ...argv], VALUED);
  const [verb = '', ...rest] = words;
  const namespace = flags.get('n') ?? flags.get('namespace') ?? 'default';
  const act = VERBS[verb];
  if (!act) throw new Error(`kubectl ${verb} is not known here`);
  return act({ world, namespace, input, flags, all, words: rest }) ?? '';
}

function apply({ world, input, namespace }: Call): undefined {
  for (const object of loadAll(input) as KubeObject[]) {
    if (!object?.kind) continue;
    const of = resource(object.kind);
    const where = of.namespaced ? (object.metadata.namespace ?? namespace) : undefined;
    const before = world.store.get(of.kind, where, object.metadata.name);
    if (before) update(world, before, strategicMerge(before, object), { manager: MANAGER });
    else create(world, of, where, object, { manager: MANAGER });
  }
}

function removeCommand(call: Call): undefined {
  const { world, flags, words, namespace } = call;
  const propagationPolicy = flags.get('cascade') === 'foreground' ? 'Foreground' : 'Background';
  const selector = flags.get('l') ?? flags.get('selector');
  const matches = labelSelector(selector ?? '');
  const isMany = selector !== undefined || flags.has('all');
  const of = isMany ? resource(words[0] ?? '') : undefined;
  const listed = of ? world.store.list(of.kind, namespace).filter(({ metadata }) => matches(metadata.labels)) : [];
  const places = of ? listed.map(({ metadata }) => placed(of, namespace, metadata.name)) : placesOf(call);
  for (const one of places) {
    try {
      remove(world, one, { propagationPolicy });
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404 && flags.has('ignore-not-found'))) throw error;
    }
  }
}

/** `key=value` sets, `key-` removes. */
function keyed(call: Call, field: 'labels' | 'annotations'): undefined {
  const pairs = call.words
    .filter((word) => /^[\w./-]+(=.*|-)$/.test(word))
    .map((word) => (word.endsWith('-') && !word.includes('=') ? [word.slice(0, -1), null] : word.split('=')));
  const names = call.words.filter((word) => !/^[\w./-]+=.*$/.test(word) && !/-$/.test(word));
  changed({ ...call, words: names }, { metadata: { [field]: Object.fromEntries(pairs) } }, 'merge-patch+json');
}

function get(call: Call): string {
  const { world, flags, words, namespace } = call;
  const [kind = '', name] = words;
  const of = resource(kind.split('/')[0] ?? '');
  const selects = labelSelector(flags.get('l') ?? flags.get('selector') ?? '');
  const found =
    name === undefined && !kind.includes('/')
      ? {
          items: world.store
            .list(of.kind, of.namespaced ? namespace : undefined)
            .filter(({ metadata }) => selects(metadata.labels)),
        }
      : read(world, place(call));
  const output = flags.get('o') ?? 'yaml';
  return output.startsWith('jsonpath=') ? jsonPath(found, output.slice('jsonpath='.length)) : dump(found);
}

const VERBS: Record<string, (call: Call) => string | undefined> = {
  apply,
  get,
  run,
  set,
  expose,
  create: createCommand,
  delete: removeCommand,
  label: (call) => keyed(call, 'labels'),
  annotate: (call) => keyed(call, 'annotations'),
  scale: (call) => void changed(call, { spec: { replicas: Number(call.flags.get('replicas')) } }),
  patch: (call) => {
    const type = call.flags.get('type') ?? 'strategic';
    const body: unknown = JSON.parse(call.flags.get('p') ?? call.flags.get('patch') ?? '{}');
    changed(call, body, type === 'json' ? 'json-patch+json' : type === 'merge' ? 'merge-patch+json' : STRATEGIC);
    return undefined;
  },
  rollout: (call) => {
    const [what, ...words] = call.words;
    const restartedAt = { 'kubectl.kubernetes.io/restartedAt': call.world.store.time() };
    if (what === 'restart')
      changed({ ...call, words }, { spec: { template: { metadata: { annotations: restartedAt } } } });
    return undefined;
  },
  // time passes between commands: there is nothing to wait for
  wait: () => undefined,
};
