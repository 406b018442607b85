import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { notSimulated } from './errors.ts';

export interface StreamRequest {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  query: URLSearchParams;
  /** The connection is open: nothing of HTTP can be said any more. */
  isOpen: boolean;
  /** Waits as long as a clock says. */
  pause?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** Sends text on a numbered channel. */
export type Sender = (number: number, text: string) => boolean;

export const sender =
  (socket: WebSocket): Sender =>
  (number, text) => {
    if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.of(number), Buffer.from(text, 'latin1')]));
    return true;
  };

/** Opens the connection, with the first protocol that is offered. @throws ApiError */
export function accept(stream: StreamRequest, protocols: readonly string[]): Promise<WebSocket> {
  const { request, socket, head } = stream;
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
  const chosen = protocols.find((protocol) => offered.includes(protocol));
  if (!chosen) {
    const wanted = offered.join(', ') || (request.headers.upgrade ?? 'nothing');
    throw notSimulated(`streams in ${wanted}, only in ${protocols.join(', ')}`);
  }
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => chosen, perMessageDeflate: false });
  stream.isOpen = true;
  return new Promise((resolve) => server.handleUpgrade(request, socket, head, resolve));
}
