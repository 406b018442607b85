import { load } from 'js-yaml';
import { SystemError } from '../machine/channel.ts';
import type { Program } from '../machine/container.ts';
import type { Task } from '../machine/task.ts';
import { iptablesSave } from '../network/iptables.ts';
import { nftTable } from '../network/nft.ts';
import type { NodeNetwork } from '../network/node.ts';
import { rulesOn } from '../network/rules.ts';
import { options } from './options.ts';

const FOLDER = '/var/lib/kube-proxy';

function nodeOf({ container }: Task): NodeNetwork {
  const node = container.network.nodes.get(container.place.node);
  if (!node) throw new SystemError('no such node');
  return node;
}

/** As klog writes it. */
function log(task: Task, level: 'I' | 'E', source: string, text: string): void {
  const [, month, day, time] = /^\d+-(\d+)-(\d+)T([\d:.]+)/.exec(new Date(task.clock.now).toISOString()) ?? [];
  task.err(`${level}${month}${day} ${time}000       1 ${source}] ${text}\n`);
}

interface Configuration {
  mode?: string;
}

interface Kubeconfig {
  clusters?: { cluster?: { server?: string } }[];
}

/** Writes the rules of its node, and writes them anew whenever Services or slices change. */
export const kubeProxy: Program = async (task) => {
  const read = <T>(name: string) => load(task.container.files.read(`${FOLDER}/${name}`) ?? '') as T | undefined;
  const mode = read<Configuration>('config.conf')?.mode || 'iptables';
  if (mode !== 'iptables' && mode !== 'nftables') {
    log(
      task,
      'E',
      'server.go:495',
      `"Error running ProxyServer" err="ProxyMode: Invalid value: \\"${mode}\\": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])"`,
    );
    task.err('E "command failed" err="invalid configuration"\n');
    return 1;
  }
  log(task, 'I', 'server_linux.go:132', `"Using ${mode} Proxier"`);
  const server = read<Kubeconfig>('kubeconfig.conf')?.clusters?.[0]?.cluster?.server ?? '';
  if (!task.container.cluster.isApiServer(server)) return complain(task, server);
  const node = nodeOf(task);
  Object.assign(node, { mode, flushed: false });
  let before = '';
  const sync = () => {
    const { cluster } = task.container;
    const version = [...cluster.services(), ...cluster.slices()]
      .map(({ metadata }) => metadata.uid + metadata.resourceVersion)
      .join();
    if (version !== before)
      Object.assign(node, { rules: rulesOn(node.name, cluster.services(), cluster.slices()), flushed: false });
    before = version;
  };
  sync();
  task.atEnd(task.container.cluster.watch(sync));
  return task.wait(new Promise<number>(() => undefined));
};

/** It goes on asking, and its rules stay as they are. */
async function complain(task: Task, server: string): Promise<number> {
  const host = server.replace(/^https?:\/\//, '');
  for (let waitMs = 1000; ; waitMs = Math.min(waitMs * 2, 60_000)) {
    const url = `${server}/apis/discovery.k8s.io/v1/endpointslices?limit=500&resourceVersion=0`;
    const why = `failed to list *v1.EndpointSlice: Get \\"${url}\\": dial tcp ${host}: i/o timeout`;
    log(
      task,
      'E',
      'reflector.go:205',
      `"Failed to watch" err="${why}" logger="UnhandledError" reflector="k8s.io/client-go/informers/factory.go:160" type="*v1.EndpointSlice"`,
    );
    await task.sleep(waitMs);
  }
}

export const iptablesSaveProgram: Program = async (task, argv) => {
  const table = options(argv, ['t']).flags.get('t');
  task.out(iptablesSave(nodeOf(task), new Date(task.clock.now).toUTCString(), table));
  return 0;
};

/** `iptables -t TABLE -I|-A|-D|-F CHAIN [RULE]`: rules beside kube-proxy's, and its entry chain emptied. */
export const iptables: Program = async (task, argv) => {
  const node = nodeOf(task);
  const words = argv.slice(1);
  const table = words[0] === '-t' ? (words.splice(0, 2)[1] ?? '') : 'filter';
  const [action = '', chain = '', ...rule] = words.filter((word) => word !== '-w');
  const text = rule.join(' ');
  const after = (flag: string) => rule[rule.indexOf(flag) + 1];
  const own = (one: { table: string; text: string }) => one.table === table && (action === '-F' || one.text === text);
  if (action === '-F' && table === 'nat' && chain === 'KUBE-SERVICES') node.flushed = true;
  else if (chain !== 'PREROUTING') throw new SystemError(`${action} ${chain} in table ${table} is not simulated`);
  else if (action === '-F' || action === '-D') node.foreign = node.foreign.filter((one) => !own(one));
  else if (action === '-I' || action === '-A') {
    const address = rule.includes('-d') ? after('-d')?.replace(/\/32$/, '') : undefined;
    node.foreign.push({ table, text, address, target: after('-j') ?? '' });
  } else throw new SystemError(`${action} is not simulated`);
  return 0;
};

export const nft: Program = async (task, [, ...words]) => {
  const node = nodeOf(task);
  const command = words.join(' ');
  if (command === 'flush map ip kube-proxy service-ips' && node.mode === 'nftables') node.flushed = true;
  else if (command === '-j list tables') {
    const table = { table: { family: 'ip', name: 'kube-proxy', handle: 1 } };
    const metainfo = { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 };
    task.out(JSON.stringify({ nftables: [{ metainfo }, ...(node.mode === 'nftables' ? [table] : [])] }));
  } else if (/^list (table ip kube-proxy|ruleset)$/.test(command)) {
    if (node.mode === 'nftables') task.out(nftTable(node));
    else if (command !== 'list ruleset') throw new SystemError('Error: No such file or directory');
  } else if (words[0] === '-j') throw new SystemError('Error: JSON support not compiled-in');
  else throw new SystemError(`Error: ${command} is not simulated`);
  return 0;
};
