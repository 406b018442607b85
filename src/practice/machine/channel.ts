/** What the system says of an operation that failed, as strerror words it. */
export class SystemError extends Error {}

/**
 * What a file descriptor stands for. Text is bytes: one character each (latin1).
 * `open` and `close` count the descriptors that refer to it.
 */
export interface Channel {
  /** What is there, at least one byte; `null` at the end. @throws SystemError */
  read(): Promise<string | null>;
  /** Puts back what was read too much. */
  unread(text: string): void;
  /** False when nobody will ever read it. @throws SystemError */
  write(text: string): boolean;
  open(): void;
  close(): void;
}

/** Text that waits to be read. */
export class Queue {
  #text = '';
  #ended = false;
  #error: SystemError | undefined;
  #wake: (() => void)[] = [];

  put(text: string): void {
    this.#text += text;
    this.#woken();
  }

  end(error?: SystemError): void {
    this.#ended = true;
    this.#error ??= error;
    this.#woken();
  }

  async take(): Promise<string | null> {
    while (this.#text === '' && !this.#ended) await new Promise<void>((resolve) => this.#wake.push(resolve));
    const text = this.#text;
    this.#text = '';
    if (text !== '') return text;
    if (this.#error) throw this.#error;
    return null;
  }

  #woken(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  unread(text: string): void {
    this.#text = text + this.#text;
  }
}

const nothing = () => undefined;

/** The two ends of a pipe. It ends for its reader when every writer has closed it. */
export function pipe(): { reader: Channel; writer: Channel } {
  const queue = new Queue();
  const count = { readers: 0, writers: 0 };
  const reader: Channel = {
    read: () => queue.take(),
    unread: (text) => queue.unread(text),
    write: () => false,
    open: () => {
      count.readers += 1;
    },
    close: () => {
      count.readers -= 1;
    },
  };
  const writer: Channel = {
    read: async () => null,
    unread: nothing,
    write: (text) => {
      queue.put(text);
      return count.readers > 0;
    },
    open: () => {
      count.writers += 1;
    },
    close: () => {
      count.writers -= 1;
      if (count.writers === 0) queue.end();
    },
  };
  return { reader, writer };
}

/** Hands on what is written, and gives what is read. */
export const channel = ({
  write,
  read,
}: {
  write?(text: string): unknown;
  read?(): Promise<string | null>;
}): Channel => {
  let back = '';
  return {
    read: async () => {
      const text = back;
      back = '';
      return text !== '' ? text : ((await read?.()) ?? null);
    },
    unread: (text) => {
      back = text + back;
    },
    write: (text) => write?.(text) !== false,
    open: nothing,
    close: nothing,
  };
};

/** /dev/null: at its end at once, and swallows everything. */
export const nowhere = (): Channel => channel({});

/** Keeps what is written. */
export function keeping(): { channel: Channel; text(): string } {
  let whole = '';
  const write = (text: string) => {
    whole += text;
  };
  return { channel: channel({ write }), text: () => whole };
}

/** A text that is read from its beginning. */
export function textChannel(text: string): Channel {
  let rest: string | null = text;
  return channel({
    read: async () => {
      const all = rest;
      rest = null;
      return all === '' ? null : all;
    },
  });
}

/** Everything until the end. */
export async function readAll(from: Channel): Promise<string> {
  let whole = '';
  for (let text = await from.read(); text !== null; text = await from.read()) whole += text;
  return whole;
}

/** One line without its end; `null` at the end of all. `ended`: a line end was there. */
export async function readLine(from: Channel): Promise<{ line: string; ended: boolean } | null> {
  let line = '';
  for (;;) {
    const text = await from.read();
    if (text === null) return line === '' ? null : { line, ended: false };
    const at = text.indexOf('\n');
    if (at >= 0) {
      if (at + 1 < text.length) from.unread(text.slice(at + 1));
      return { line: line + text.slice(0, at), ended: true };
    }
    line += text;
  }
}

/** The three files that every process begins with. */
export const standardFiles = (input: Channel, output: Channel, errors: Channel = output): Map<number, Channel> =>
  new Map([input, output, errors].entries());
