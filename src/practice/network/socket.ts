import { type Channel, Queue, SystemError } from '../machine/channel.ts';

/** One end of a TCP connection. */
export interface Socket extends Channel {
  /** The other end reads what is left, and then its end. */
  finish(): void;
  /** The other end meets `Connection reset by peer`. */
  reset(): void;
  /** Address of the other end. */
  readonly peer: string;
}

/** Both ends: of the client, and of the server. */
export function connection(client: string, server: string): [Socket, Socket] {
  const [up, down] = [new Queue(), new Queue()];
  return [socket(down, up, server), socket(up, down, client)];
}

function socket(from: Queue, to: Queue, peer: string): Socket {
  let descriptors = 0;
  let closed = false;
  const finish = () => {
    closed = true;
    to.end();
  };
  return {
    peer,
    read: () => from.take(),
    unread: (text) => from.unread(text),
    write: (text) => {
      if (!closed) to.put(text);
      return !closed;
    },
    open: () => {
      descriptors += 1;
    },
    close: () => {
      descriptors -= 1;
      if (descriptors === 0) finish();
    },
    finish,
    reset: () => {
      closed = true;
      to.end(new SystemError('Connection reset by peer'));
    },
  };
}
