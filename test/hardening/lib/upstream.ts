import { type IncomingMessage, request as overHttp } from 'node:http';
import { Agent, request as overHttps, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';

/** The API server that is tested against, and how an administrator talks to it. */
export interface Upstream {
  url: URL;
  ca: RequestOptions['ca'];
  agent: Agent;
  /** Credentials of the kubeconfig that are no certificate. */
  headers: Record<string, string>;
}

export async function upstreamOf(kubeconfig: string): Promise<Upstream> {
  const kc = new KubeConfig();
  kc.loadFromFile(kubeconfig);
  const options: RequestOptions = {};
  await kc.applyToHTTPSOptions(options);
  const { ca, cert, key, rejectUnauthorized } = options;
  return {
    url: new URL(kc.getCurrentCluster()?.server ?? ''),
    ca,
    agent: new Agent({ ca, cert, key, rejectUnauthorized, keepAlive: true }),
    headers: (options.headers ?? {}) as Record<string, string>,
  };
}

/** A client of somebody who has a token, and nothing of the administrator's. */
export const withoutCredentials = ({ ca, url }: Upstream): Upstream => ({
  url,
  ca,
  agent: new Agent({ ca, keepAlive: true }),
  headers: {},
});

export function requestTo({ url, agent, headers }: Upstream, method: string, path: string, more: object = {}) {
  const target = new URL(path, url);
  const secure = target.protocol === 'https:';
  return (secure ? overHttps : overHttp)(target, {
    method,
    headers: { ...more, ...headers, host: target.host },
    ...(secure && { agent }),
  });
}

export interface Reply {
  status: number;
  body: string;
}

/** One request of the administrator's, past everything that is made to fail. */
export function ask(upstream: Upstream, method: string, path: string, body?: unknown, type = 'application/json') {
  return new Promise<Reply>((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const request = requestTo(upstream, method, path, {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
    });
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (part) => {
        answer += part;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: answer }));
    });
    request.end(text);
  });
}

/** As {@link ask}, for what must work. */
export async function must<T>(upstream: Upstream, method: string, path: string, body?: unknown, type?: string) {
  const reply = await ask(upstream, method, path, body, type);
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.body.slice(0, 300)}`);
  return JSON.parse(reply.body) as T;
}
