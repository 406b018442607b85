import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { askFrom } from '../../src/cluster/probeRun.ts';
import type { ConnectAnswer, Lookup, ProbeQuestion } from '../../src/model/probe.ts';
import { busybox, busyboxTalks, HERE, has, type LocalServers, localCluster, localServers } from './probeLocal.ts';

vi.setConfig({ testTimeout: 30_000 });

const DEBIAN = ['sleep', 'head', 'cat', 'dd', 'true', 'getent'];
const APPLETS = ['sleep', 'head', 'cat', 'dd', 'true', 'nc', 'wget', 'nslookup', 'ping'];

interface Image {
  image: string;
  /** Its shell, and whether the tools of this machine can stand for those in it. */
  sh: string;
  tools: readonly string[];
  /** What busybox does in it. */
  applets?: readonly string[];
  /** What the script finds. */
  found: readonly string[];
}

/** What the images have that people probe with, as their Dockerfiles say. */
const IMAGES: readonly Image[] = [
  { image: 'busybox, alpine', sh: busybox, tools: [], applets: APPLETS, found: ['nc', 'wget', 'nslookup', 'ping'] },
  {
    image: 'curlimages/curl',
    sh: busybox,
    tools: ['curl'],
    applets: APPLETS,
    found: ['nc', 'curl', 'wget', 'nslookup', 'ping'],
  },
  {
    image: 'nicolaka/netshoot, agnhost',
    sh: busybox,
    tools: ['bash', 'curl', 'nslookup', 'getent'],
    applets: APPLETS.filter((applet) => applet !== 'nslookup'),
    found: ['nc', 'curl', 'wget', 'nslookup', 'getent', 'ping', 'bash'],
  },
  {
    image: 'jessie-dnsutils: Debian with the tools of bind, and nothing that fetches',
    sh: 'dash',
    tools: [...DEBIAN, 'bash', 'nslookup'],
    found: ['nslookup', 'getent', 'bash'],
  },
  { image: 'Debian with curl, and no bash', sh: 'dash', tools: [...DEBIAN, 'curl'], found: ['curl', 'getent'] },
  { image: 'Debian with bash alone', sh: 'dash', tools: [...DEBIAN, 'bash'], found: ['getent', 'bash'] },
];

const program = (name: string): string =>
  spawnSync('bash', ['-c', `type -P ${name}`], { encoding: 'utf8' }).stdout.trim();

const lacking = ({ sh, tools, applets }: Image): string | false => {
  if (applets && !busyboxTalks()) return 'no busybox whose nc knows -e and -z';
  const missing = [...tools, ...(applets ? [] : [sh])].filter((tool) => program(tool) === '');
  return missing.length > 0 && `no ${missing.join(', ')}`;
};

let servers: LocalServers;
const folders: string[] = [];
beforeAll(async () => {
  servers = await localServers();
});
afterAll(() => {
  servers.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A PATH on which there is what the image has. */
function pathOf({ sh, tools, applets = [] }: Image): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'probe-image-'));
  folders.push(folder);
  const link = (target: string, name: string) => symlinkSync(target, path.join(folder, name));
  link(applets.length > 0 ? program(busybox) || busybox : program(sh), 'sh');
  for (const tool of tools) link(program(tool), tool);
  for (const applet of applets) link(program(busybox) || busybox, applet);
  return folder;
}

const connect = (behaviour: string, speak = false): ProbeQuestion => ({
  ask: 'connect',
  address: '127.0.0.1',
  port: servers.ports[behaviour] ?? 0,
  tries: 1,
  ...(speak && { speak: { scheme: 'http', path: '/', host: 'web.shop' } as const }),
});

for (const image of has('bash') ? IMAGES : []) {
  const lacks = lacking(image);
  if (lacks) console.warn(`NOT RUN: the tools of ${image.image}: ${lacks}`);
}

describe.skipIf(!has('bash')).each(IMAGES)('the tools of $image', (image) => {
  it.skipIf(has('bash') && lacking(image) !== false)('answer names, connections and HTTP', async () => {
    const folder = pathOf(image);
    const shell = { name: image.sh, argv: [path.join(folder, 'sh')], path: folder };
    const questions: ProbeQuestion[] = [
      { ask: 'lookup', name: 'localhost' },
      connect('http', true),
      connect('hangs'),
      connect('refuses'),
    ];
    const heard = await askFrom(localCluster(shell), HERE, questions);
    if (!heard.known) throw new Error(JSON.stringify(heard.obstacle));
    const [name, ...answers] = heard.value.answers;
    expect(heard.value.tools.filter((tool) => !tool.startsWith('busybox-'))).toEqual(image.found);
    expect((name as Lookup).outcome).toBe('found');
    const outcomes = answers.map((answer) => (answer as ConnectAnswer).attempts[0]?.outcome);
    expect(outcomes).toEqual(['answered', 'opened', 'refused']);
    expect((answers[0] as ConnectAnswer).attempts[0]?.httpStatus).toBe(200);
  });
});
