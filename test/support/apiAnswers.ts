import type http from 'node:http';

/** One request as the server saw it. */
export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Sends an answer, or leaves the client waiting. */
export type Answer = (response: http.ServerResponse, seen: Seen) => void;

export const json =
  (value: unknown, status = 200, headers: http.OutgoingHttpHeaders = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
  };

/** The object with which a Kubernetes API server reports an error. */
export const failure = (
  code: number,
  reason: string,
  message: string,
  headers: http.OutgoingHttpHeaders = {},
): Answer =>
  json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }, code, headers);

export const text =
  (body: string, status = 200, contentType = 'text/plain'): Answer =>
  (response) => {
    response.writeHead(status, { 'Content-Type': contentType }).end(body);
  };

export const html = (body: string, status = 200): Answer => text(body, status, 'text/html; charset=utf-8');

export const silence: Answer = () => {};

export const cut: Answer = (response) => {
  response.socket?.destroy();
};

/** The given answers one after the other, the last one again and again. */
export function inTurn(...answers: Answer[]): Answer {
  let at = 0;
  return (response, seen) => answers[Math.min(at++, answers.length - 1)]?.(response, seen);
}
