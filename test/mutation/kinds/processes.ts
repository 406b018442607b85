import type { Change, Kind } from '../lib/change.ts';
import { set, typo } from '../lib/change.ts';
import type { Container, Probe } from '../lib/objects.ts';
import { nameOf } from '../lib/objects.ts';
import type { Random } from '../lib/random.ts';
import type { Scene } from '../lib/scene.ts';
import { backendsOf } from '../lib/scene.ts';

const containers = (scene: Scene, of: 'containers' | 'initContainers'): { where: string; container: Container }[] =>
  backendsOf(scene).flatMap((workload) =>
    (workload.spec.template.spec[of] ?? []).map((container, i) => ({
      where: `${nameOf(workload)}, ${of}[${i}]`,
      container,
    })),
  );

/** Every word of the command line that `change` has another one for. */
function words(where: string, container: Container, change: (word: string) => string[]): Change[] {
  return (['command', 'args'] as const).flatMap((key) =>
    (container[key] ?? []).flatMap((word, i) =>
      change(word).map((value) => {
        const line = container[key]!;
        return {
          what: `${where}.${key}[${i}]: ${JSON.stringify(word)} -> ${JSON.stringify(value)}`,
          apply: () => {
            line[i] = value;
          },
        };
      }),
    ),
  );
}

/** Another port, another program, a flag that does not exist. */
const misspelled =
  (random: Random) =>
  (word: string): string[] => {
    const port = /\b\d{2,5}\b/.exec(word)?.[0];
    if (port !== undefined) return [word.replace(port, String(Number(port) + 10)), word.replace(port, '3000')];
    if (/^--?[a-z]/.test(word) && word.length > 3) return [`${word}x`];
    return /^[a-z]+(-[a-z]+)*$/.test(word) ? [typo(word, random)] : [];
  };

const command: Kind = {
  name: 'command',
  title: 'a word of the command line: program, flag, port',
  blames: ['pods/*', 'spec/target-port-closed', 'spec/target-port-undeclared'],
  changes: (scene, random) =>
    containers(scene, 'containers').flatMap(({ where, container }) => [
      ...words(where, container, misspelled(random)),
      set(where, container, 'command', ['sleep', '86400']),
    ]),
};

const listenAddress: Kind = {
  name: 'listen-address',
  title: 'the address that a process listens on',
  blames: ['pods/loopback-only', 'pods/not-ready'],
  changes: (scene) =>
    containers(scene, 'containers').flatMap(({ where, container }) =>
      words(where, container, (word) => {
        if (word.includes('0.0.0.0')) return [word.replace('0.0.0.0', '127.0.0.1')];
        return [];
      }),
    ),
};

const init: Kind = {
  name: 'init-container',
  title: 'the command of an init container',
  // a program that is not there cannot even be started
  blames: ['pods/init-blocked', 'pods/config-error'],
  changes: (scene, random) =>
    containers(scene, 'initContainers').flatMap(({ where, container }) => [
      ...[['sh', '-c', 'exit 1'], ['sleep', '86400'], ['true']].map((value) => set(where, container, 'command', value)),
      ...words(where, container, misspelled(random)),
    ]),
};

function probeChanges(where: string, probe: Probe): Change[] {
  const { httpGet, tcpSocket, exec } = probe;
  const port = httpGet ?? tcpSocket;
  return [
    ...(httpGet
      ? ['/missing', '/ready/', '/health?x=1'].map((path) => set(`${where}.httpGet`, httpGet, 'path', path))
      : []),
    ...(httpGet ? [set(`${where}.httpGet`, httpGet, 'scheme', 'HTTPS')] : []),
    ...(port ? [9, 8443].map((value) => set(`${where}.port`, port, 'port', value)) : []),
    ...(exec
      ? [['false'], ['true'], ['cat', '/ready']].map((value) => set(`${where}.exec`, exec, 'command', value))
      : []),
    set(where, probe, 'initialDelaySeconds', 900),
    set(where, probe, 'timeoutSeconds', 5),
  ];
}

const readiness: Kind = {
  name: 'readiness-probe',
  title: 'a readiness probe: path, port, scheme, command, delay, or none',
  blames: ['pods/not-ready', 'pods/starting'],
  changes: (scene) =>
    containers(scene, 'containers').flatMap(({ where, container }) =>
      container.readinessProbe
        ? [
            ...probeChanges(`${where}.readinessProbe`, container.readinessProbe),
            set(where, container, 'readinessProbe', undefined),
          ]
        : [set(where, container, 'readinessProbe', { tcpSocket: { port: 9 } })],
    ),
};

export const processKinds = [command, listenAddress, init, readiness];
