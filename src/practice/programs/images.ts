import type { Program } from '../machine/container.ts';
import { sh } from '../shell/sh.ts';
import { coredns } from './coredns.ts';
import { curl } from './curl.ts';
import { FILE_PROGRAMS } from './files.ts';
import { iptables, iptablesSaveProgram, kubeProxy, nft } from './kubeProxy.ts';
import { nc } from './netcat.ts';
import { nslookup } from './nslookup.ts';
import { PROCESS_PROGRAMS } from './processes.ts';
import { agnhost, httpd, nginx } from './servers.ts';
import { wget } from './wget.ts';

/** What an image brings: programs by name, and what runs when nothing else is asked for. */
export interface Image {
  programs: Readonly<Record<string, Program>>;
  entrypoint: readonly string[];
  command: readonly string[];
  /** What it ends with when it is told to stop; absent: it has to be killed. */
  stopCode?: number;
}

const BUSYBOX = { sh, ash: sh, ...FILE_PROGRAMS, ...PROCESS_PROGRAMS, nc, wget, nslookup, httpd };
const withCurl = { ...BUSYBOX, curl };

const IMAGES: readonly [RegExp, Image][] = [
  [/^busybox(:(1|1\.3[0-9]|latest|stable)(\.\d+)?(-\w+)?)?$/, { programs: BUSYBOX, entrypoint: [], command: ['sh'] }],
  [/^alpine(:3(\.\d+)*|:latest)?$/, { programs: BUSYBOX, entrypoint: [], command: ['sh'] }],
  [
    /^nginx(:(1|1\.2[0-9]|latest|stable)(-alpine)?)?$/,
    { programs: { ...withCurl, nginx }, entrypoint: [], command: ['nginx'], stopCode: 0 },
  ],
  [
    /^httpd(:2(\.4)?(-alpine)?)?$/,
    { programs: { ...BUSYBOX, 'httpd-foreground': nginx }, entrypoint: [], command: ['httpd-foreground'] },
  ],
  [/^curlimages\/curl(:[\w.]+)?$/, { programs: withCurl, entrypoint: ['curl'], command: [] }],
  [
    /^registry\.k8s\.io\/e2e-test-images\/agnhost:2\.\d+$/,
    { programs: { ...withCurl, agnhost }, entrypoint: ['agnhost'], command: ['pause'], stopCode: 2 },
  ],
  [
    /^registry\.k8s\.io\/serve_hostname(:[\w.]+)?$/,
    { programs: { ...BUSYBOX, agnhost }, entrypoint: ['agnhost', 'serve-hostname'], command: [] },
  ],
  [/^registry\.k8s\.io\/pause:3\.\d+$/, { programs: { agnhost }, entrypoint: ['agnhost', 'pause'], command: [] }],
  [/^registry\.k8s\.io\/coredns\/coredns:v1\.[\d.]+$/, { programs: { coredns }, entrypoint: ['coredns'], command: [] }],
  [
    /^registry\.k8s\.io\/kube-proxy:v1\.[\d.]+$/,
    {
      programs: { 'kube-proxy': kubeProxy, 'iptables-save': iptablesSaveProgram, iptables, nft },
      entrypoint: ['kube-proxy'],
      command: [],
    },
  ],
];

/** Undefined: the registry does not have it. */
export const imageNamed = (name: string): Image | undefined =>
  IMAGES.find(([pattern]) => pattern.test(name.replace(/^docker\.io\/(library\/)?/, '')))?.[1];
