import { spawn, spawnSync } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Cluster, ExecQuery, ExecResult } from '../../src/model/cluster.ts';
import { type Fact, known } from '../../src/model/fact.ts';
import type { Vantage } from '../../src/model/probe.ts';
import { createAuthority } from '../support/certificate.ts';
import { fakeCluster } from '../support/fakeCluster.ts';

/** A shell of this machine: how `sh` is started, and the directories in which tools are looked for. */
export interface Shell {
  name: string;
  argv: readonly string[];
  path?: string;
}

/** Runs what would be run in a pod here, as the leader of a session, as a container runtime does. */
function execHere({ argv: [program = 'sh', ...shellArgs], path }: Shell) {
  return (_: unknown, { argv, stdin, timeoutMs }: ExecQuery): Promise<Fact<ExecResult>> =>
    new Promise((resolve, reject) => {
      const child = spawn(program, [...shellArgs, ...argv.slice(1)], {
        detached: true,
        timeout: timeoutMs,
        env: { PATH: path ?? process.env.PATH },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk) => {
        stdout += chunk;
      });
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      child.stdin.on('error', () => undefined).end(stdin ?? '');
      child.on('error', reject);
      child.on('close', (exitCode) =>
        resolve(known({ exitCode: exitCode ?? 137, stdout, stderr, truncated: false, durationMs: 0 })),
      );
    });
}

/** A cluster of which every pod is this machine. */
export function localCluster(shell: Shell): Cluster & { commands: ExecQuery[] } {
  const commands: ExecQuery[] = [];
  const exec = execHere(shell);
  return {
    ...fakeCluster({}),
    commands,
    exec: (pod, query) => {
      commands.push(query);
      return exec(pod, query);
    },
  };
}

export const HERE: Vantage = { id: 'probe/test', kind: 'probe', namespace: 'test', pod: 'here', labels: {} };

const runs = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { timeout: 10_000 }).status === 0;

export const has = (program: string): boolean => runs('sh', '-c', `command -v ${program}`);

/** Of PATH, or where BUSYBOX says. Debian's is built without `nc -e`, and cannot stand for the images'. */
export const busybox = process.env.BUSYBOX ?? 'busybox';

export const busyboxTalks = (): boolean => {
  const help = spawnSync(busybox, ['nc', '--help'], { timeout: 10_000, encoding: 'utf8' });
  return /-e PROG/.test(help.stderr ?? '') && /-z\b/.test(help.stderr ?? '');
};

type Behaviour = (socket: Socket) => void;

const behaviours: Record<string, Behaviour> = {
  closes: (socket) => socket.once('data', () => socket.end()),
  hangs: (socket) => socket.resume(),
  resets: (socket) => socket.once('data', () => socket.resetAndDestroy()),
  greets: (socket) => socket.write('220 mail ESMTP\r\n'),
};

const listen = (server: Server, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
  });

export interface LocalServers {
  /** Ports by what their server does: closes, hangs, resets, greets, http, https, refuses. */
  ports: Record<string, number>;
  close(): void;
}

/** Servers on loopback, one for each way to behave. */
export async function localServers(host = '127.0.0.1'): Promise<LocalServers> {
  const { key, cert } = createAuthority().issue();
  const http = createHttpServer((request, response) => {
    const status = Number(/^\/(\d{3})$/.exec(request.url ?? '')?.[1] ?? 200);
    response.writeHead(status, status === 301 ? { location: 'http://127.0.0.1:9/elsewhere' } : {});
    response.end(`host ${request.headers.host} status ${status}`);
  });
  const servers: Record<string, Server> = {
    http,
    https: createHttpsServer({ key, cert }, (_, response) => response.end('secret')),
    refuses: createServer(),
  };
  for (const [name, behave] of Object.entries(behaviours)) {
    servers[name] = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      behave(socket);
    });
  }
  const entries = await Promise.all(
    Object.entries(servers).map(async ([name, server]) => [name, await listen(server, host)] as const),
  );
  servers.refuses?.close();
  const sockets = new Set<Socket>();
  for (const server of Object.values(servers)) server.on('connection', (socket) => sockets.add(socket));
  return {
    ports: Object.fromEntries(entries),
    close: () => {
      for (const server of Object.values(servers)) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
