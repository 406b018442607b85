import { SystemError } from '../machine/channel.ts';
import type { Program } from '../machine/container.ts';
import { absolute } from '../machine/files.ts';
import type { Task } from '../machine/task.ts';
import type { Listener } from '../network/place.ts';
import { type Handler, type HttpResponse, serveHttp } from './http.ts';
import { options } from './options.ts';

const forever = (task: Task): Promise<number> => task.wait(new Promise<number>(() => undefined));

const hostOf = ({ container }: Task): string => (container.files.read('/etc/hostname') ?? '').trim();

/** httpd of busybox: `-p [ADDRESS:]PORT -h HOME -f`. In the foreground in any case. */
export const httpd: Program = async (task, argv) => {
  const { flags } = options(argv, ['p', 'h', 'c', 'u']);
  const [port = '80', address = '0.0.0.0'] = (flags.get('p') ?? '80').split(':').reverse();
  const home = absolute(flags.get('h') ?? '.', task.directory);
  serveHttp(task, address, Number(port), ({ path }) => {
    const file = absolute(`${home}${path.endsWith('/') ? `${path}index.html` : path}`);
    const body = task.container.files.read(file);
    const html = { 'Content-Type': 'text/html' };
    return body === undefined
      ? { status: 404, headers: html, body: '404 Not Found\n' }
      : { status: 200, headers: html, body };
  });
  return forever(task);
};

function listen(task: Task, listener: Omit<Listener, 'task' | 'address'>): void {
  if (!task.container.place.listen({ ...listener, address: '0.0.0.0', task }))
    throw new SystemError('bind: address already in use');
}

/** https://github.com/kubernetes/kubernetes/tree/master/test/images/agnhost: what of it serves. */
export const agnhost: Program = async (task, [, command = 'pause', ...args]) => {
  const { flags } = options(['agnhost', ...args], ['http-port', 'udp-port', 'port']);
  const port = Number(flags.get('port') ?? 9376);
  const isOn = (name: string, otherwise: boolean) => (flags.has(name) ? flags.get(name) !== 'false' : otherwise);
  switch (command) {
    case 'pause':
      break;
    case 'netexec':
      netexec(task, Number(flags.get('http-port') ?? 8080), Number(flags.get('udp-port') ?? 8081));
      break;
    case 'serve-hostname':
      serveHostname(task, port, { http: isOn('http', true), tcp: isOn('tcp', false), udp: isOn('udp', false) });
      break;
    case 'tcp-reset':
      listen(task, {
        protocol: 'TCP',
        port: Number(flags.get('port') ?? 8080),
        accept: async (socket) => {
          await socket.read();
          socket.reset();
        },
      });
      break;
    default:
      throw new SystemError(`unknown command "${command}" for "app"`);
  }
  return forever(task);
};

function netexec(task: Task, httpPort: number, udpPort: number): void {
  const answers: Record<string, (query: URLSearchParams, client: string) => string> = {
    '/healthz': () => '',
    '/hostname': () => hostOf(task),
    '/clientip': (_, client) => `${client}:40000`,
    '/echo': (query) => query.get('msg') ?? '',
  };
  serveHttp(task, '0.0.0.0', httpPort, ({ path, query, client, method, target }) => {
    task.err(`${method} ${target}\n`);
    const answer =
      answers[path] ?? (() => `NOW: ${new Date(task.clock.now).toISOString().replace('T', ' ')} +0000 UTC`);
    // it calls itself ready once it serves UDP, and without that never
    const isUnready = path === '/healthz' && udpPort < 0;
    return { status: isUnready ? 412 : 200, body: answer(query, client) };
  });
  if (udpPort < 0) return;
  const answer = async (packet: string) =>
    packet.trim().toLowerCase() === 'hostname' ? hostOf(task) : packet.trim().replace(/^echo /, '');
  listen(task, { protocol: 'UDP', port: udpPort, answer });
}

function serveHostname(task: Task, port: number, { http, tcp, udp }: Record<'http' | 'tcp' | 'udp', boolean>): void {
  const answer = async () => hostOf(task);
  if (udp) listen(task, { protocol: 'UDP', port, answer });
  if (tcp) {
    listen(task, {
      protocol: 'TCP',
      port,
      accept: async (socket) => {
        socket.write(hostOf(task));
        socket.finish();
      },
    });
  } else if (http) serveHttp(task, '0.0.0.0', port, () => ({ status: 200, body: hostOf(task) }));
}

/** The directives of nginx that scenarios use: `listen`, `location [=] PATH { return STATUS [TEXT]; }`. */
export const nginx: Program = async (task) => {
  const { files } = task.container;
  const names = files.list('/etc/nginx/conf.d').filter((name) => name.endsWith('.conf'));
  const config = names.map((name) => files.read(`/etc/nginx/conf.d/${name}`) ?? '').join('\n');
  const servers = config === '' ? ['listen 80;'] : config.split(/^\s*server\s*\{/m).slice(1);
  for (const server of servers) {
    const [, address = '0.0.0.0', port = '80'] = /listen\s+(?:([\d.]+):)?(\d+)/.exec(server) ?? [];
    const locations = [
      ...server.matchAll(/location\s+(=\s+)?(\S+)\s*\{\s*return\s+(\d{3})(?:\s+(?:"([^"]*)"|(\S+?)))?;/g),
    ];
    const answer: Handler = ({ path, target }) => {
      const fitting = locations.filter(([, exact, prefix = '']) => (exact ? path === prefix : path.startsWith(prefix)));
      const [best] = fitting.sort(
        ([, a, x = ''], [, b, y = '']) => Number(b !== undefined) - Number(a !== undefined) || y.length - x.length,
      );
      return returned(best, path, target);
    };
    serveHttp(task, address, Number(port), answer, true);
  }
  return forever(task);
};

function returned(location: RegExpMatchArray | undefined, path: string, target: string): HttpResponse {
  const headers = { Server: 'nginx/1.27.5', 'Content-Type': 'text/html' };
  if (!location) {
    const found = path === '/' || path === '/index.html';
    return found
      ? { status: 200, headers, body: '<h1>Welcome to nginx!</h1>\n' }
      : { status: 404, headers, body: '<h1>404 Not Found</h1>\n' };
  }
  const [, , , status = '200', quoted, plain] = location;
  const text = (quoted ?? plain ?? '').replaceAll('\\n', '\n').replaceAll('$request_uri', target);
  const isRedirect = status.startsWith('3');
  return {
    status: Number(status),
    headers: { ...headers, ...(isRedirect && { Location: text }) },
    body: isRedirect ? '' : text,
  };
}
