import { request } from 'node:https';
import { afterAll, beforeAll } from 'vitest';
import { connectCluster } from '../../src/cluster/client.ts';
import { loadKubeconfig } from '../../src/cluster/kubeconfig.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { type Practice, startPractice } from '../../src/practice/practice.ts';
import { type Scenario, scenariosOf } from '../../src/practice/scenario/scenario.ts';
import { fileWith } from '../support/program.ts';
import { BUSY, CLIENT, deployment, NETEXEC, pod, service, WEB } from './scene.ts';

const MANIFESTS = [
  deployment('web', WEB, { replicas: 3 }),
  service('web', 'selector: { app: web }, ports: [{ port: 80 }]'),
  pod('crashing', BUSY('echo first words; exit 1')),
  pod('hidden', BUSY('mkdir -p /srv; echo hi > /srv/index.html; exec httpd -f -p 127.0.0.1:8080 -h /srv')),
  pod('pulling', 'image: "nginx:nosuch"'),
  pod('two', `${NETEXEC(8080)} }, { name: side, ${BUSY('sleep 86400')}`),
  CLIENT,
].join('');

function scenario(deny: Scenario['practice']['deny'] = []): Scenario {
  const content = {
    title: 't',
    story: 's',
    lesson: 'l',
    hint: 'h',
    service: 'web',
    practice: { supported: true, deny },
  };
  const [one] = scenariosOf([{ folder: 'healthy-api', content, manifests: MANIFESTS }]);
  return one!;
}

/** A practice cluster with pods of every kind in namespace `shop`. */
export const startServed = (log: (line: string) => void = () => undefined, deny?: Scenario['practice']['deny']) =>
  startPractice({ scenario: scenario(deny), port: 0, realTime: false, now: Date.now, log });

export async function clusterOf({ kubeconfig }: Practice): Promise<Cluster> {
  const loaded = await loadKubeconfig({ file: fileWith(kubeconfig), env: {}, homedir: '/nowhere' });
  if (!loaded.ok) throw new Error('no kubeconfig');
  return connectCluster(loaded);
}

interface Raw {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any kind is looked into
  json: any;
}

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  token?: string;
}

/** A request without any client of ours. */
export const rawRequest = (
  { server }: Practice,
  path: string,
  { method = 'GET', headers = {}, body = '', token = server.token }: Sent = {},
): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers };
    const sent = request(new URL(path, server.url), { method, headers: all, ca: server.certificate }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        const isJson = response.headers['content-type'] === 'application/json';
        resolve({ status: response.statusCode ?? 0, text, json: isJson ? JSON.parse(text) : undefined });
      });
    });
    sent.on('error', reject).end(body);
  });
export interface Served {
  practice: Practice;
  cluster: Cluster;
  /** What it logged. */
  logged: string[];
  raw(path: string, sent?: Sent): Promise<Raw>;
}

/** One practice cluster for the tests of a file, seen through svc-debug's own client and without it. */
export function served(): Served {
  const logged: string[] = [];
  const all = { logged, raw: (path, sent) => rawRequest(all.practice, path, sent) } as Served;
  beforeAll(async () => {
    all.practice = await startServed((line) => logged.push(line));
    all.cluster = await clusterOf(all.practice);
  });
  afterAll(async () => {
    all.cluster.close();
    await all.practice.close();
  });
  return all;
}

export const PODS = '/api/v1/namespaces/shop/pods';
