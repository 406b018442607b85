import type { Clock } from '../machine/clock.ts';
import type { Program } from '../machine/container.ts';
import type { Task } from '../machine/task.ts';
import { type DnsReply, query, resolverSettings } from '../network/resolver.ts';
import type { Service } from '../objects.ts';
import { type Directive, parseCorefile } from './corefile.ts';
import { serveHttp } from './http.ts';

const NONE: DnsReply = { rcode: 'NXDOMAIN', addresses: [] };
/** How long CoreDNS tries an upstream that says nothing, before it gives up. */
const UPSTREAM_MS = 4000;
const MOST_ALIASES = 5;

/** CoreDNS with the plugins kubernetes, hosts, forward and loop. */
export const coredns: Program = async (task) => {
  const corefile = parseCorefile(task.container.files.read('/etc/coredns/Corefile') ?? '');
  if ('error' in corefile) {
    task.out(`${corefile.error}\n`);
    return 1;
  }
  task.out('.:53\n');
  const forward = corefile.find(({ name }) => name === 'forward');
  const loops = forward?.args.some((target) => /^(127\.|localhost)/.test(target));
  if (loops && corefile.some(({ name }) => name === 'loop')) {
    const query = 'HINFO 4547991504243258144.3688648895315093531.';
    task.out(
      `[FATAL] plugin/loop: Loop (127.0.0.1:52113 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "${query}"\n`,
    );
    return 1;
  }
  task.out(
    '[INFO] plugin/reload: Running configuration SHA512 = 591cf328cccc12bc490481273e738df5\nCoreDNS-1.12.1\nlinux/amd64, go1.24.1, 707c7c1\n',
  );
  const { place } = task.container;
  const answer = async (name: string, clock: Clock) => {
    let reply = NONE;
    const run = async (child: Task) => {
      reply = await resolve(child, corefile, name, 0);
      return 0;
    };
    await task.container.start({ clock, parent: task, run }).ended;
    return JSON.stringify(reply);
  };
  for (const protocol of ['UDP', 'TCP'] as const)
    place.listen({ protocol, address: '0.0.0.0', port: 53, task, answer });
  for (const port of [8080, 8181, 9153]) serveHttp(task, '0.0.0.0', port, () => ({ status: 200, body: 'OK' }));
  return task.wait(new Promise<number>(() => undefined));
};

async function resolve(task: Task, corefile: readonly Directive[], name: string, aliases: number): Promise<DnsReply> {
  const listed = corefile
    .filter((one) => one.name === 'hosts')
    .flatMap(({ body }) => body.filter(([, ...names]) => names.includes(name)));
  if (listed.length > 0) return { rcode: 'NOERROR', addresses: listed.map(([address = '']) => address) };
  const plugin = corefile.find((one) => one.name === 'kubernetes');
  const zone = plugin?.args.find((candidate) => name === candidate || name.endsWith(`.${candidate}`));
  if (!zone) return upstream(task, corefile, name);
  const found = records(task, name.slice(0, -zone.length - 1));
  if (!found?.alias || aliases >= MOST_ALIASES) return found ?? NONE;
  const target = await resolve(task, corefile, found.alias, aliases + 1);
  return { ...target, alias: found.alias };
}

/** Names below the zone: `service.namespace.svc` and, for headless Services, `pod.service.namespace.svc`. */
function records({ container }: Task, below: string): DnsReply | undefined {
  const labels = below.split('.');
  if (labels.at(-1) !== 'svc' || labels.length < 3 || labels.length > 4) return undefined;
  const [namespace = '', name = '', host] = labels.slice(0, -1).reverse();
  const service = container.cluster
    .services()
    .find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (!service) return undefined;
  const { type, externalName, clusterIP } = service.spec;
  if (type === 'ExternalName')
    return { rcode: 'NOERROR', addresses: [], alias: (externalName ?? '').replace(/\.$/, '').toLowerCase() };
  if (clusterIP !== 'None') return host === undefined ? { rcode: 'NOERROR', addresses: [clusterIP ?? ''] } : undefined;
  const addresses = headless(container.cluster, service, host);
  return addresses.length > 0 ? { rcode: 'NOERROR', addresses } : undefined;
}

function headless(cluster: Task['container']['cluster'], { metadata }: Service, host: string | undefined): string[] {
  return cluster
    .slices()
    .filter(
      (slice) =>
        slice.metadata.namespace === metadata.namespace &&
        slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name,
    )
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions, hostname }) => conditions?.ready !== false && (host === undefined || hostname === host))
    .flatMap(({ addresses }) => addresses);
}

async function upstream(task: Task, corefile: readonly Directive[], name: string): Promise<DnsReply> {
  const forward = corefile.find((one) => one.name === 'forward');
  if (!forward) return { rcode: 'REFUSED', addresses: [] };
  const [, target = ''] = forward.args;
  const servers = target.startsWith('/')
    ? resolverSettings(task.container.files.read(target) ?? '').nameservers
    : forward.args.slice(1);
  const [server = ''] = servers;
  const reply = server === '' ? undefined : await Promise.race([query(task, server, name), task.sleep(UPSTREAM_MS)]);
  if (reply && reply !== 'refused') return reply;
  task.out(
    `[ERROR] plugin/errors: 2 ${name}. A: read udp ${task.container.place.address}:41234->${server}:53: i/o timeout\n`,
  );
  return { rcode: 'SERVFAIL', addresses: [] };
}
