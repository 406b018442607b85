/** Control characters as a terminal in raw mode sends them. */
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_BACKSLASH = '\x1c';

export interface KeyHandlers {
  /** Ctrl-C, which a terminal in raw mode does not turn into a signal. */
  cancel(): void;
  /** Any other input, as it came: one key, or what was pasted. */
  key?(key: string): void;
}

/**
 * Listens to the keyboard while svc-debug works. What is typed meanwhile is not echoed into the output, and is no answer
 * to a question that was not asked yet. Gives the function that stops listening.
 */
export function listen(stdin: NodeJS.ReadStream, { cancel, key }: KeyHandlers): () => void {
  const heard = (data: Buffer | string) => {
    const text = data.toString();
    if (text.includes(CTRL_C) || text.includes(CTRL_BACKSLASH)) cancel();
    else if (text !== CTRL_D) key?.(text);
  };
  stdin.setRawMode(true);
  stdin.on('data', heard);
  stdin.resume();
  return () => {
    stdin.off('data', heard);
    stdin.pause();
    stdin.setRawMode(false);
  };
}

/** Waits for one of `keys`. Undefined when Ctrl-C is pressed, the input ends, or `signal` fires. */
function oneKey<K extends string>(
  stdin: NodeJS.ReadStream,
  keys: readonly K[],
  signal: AbortSignal,
): Promise<K | undefined> {
  return new Promise((resolve) => {
    const settle = (key: K | undefined) => {
      stop();
      stdin.off('end', end);
      signal.removeEventListener('abort', end);
      resolve(key);
    };
    const end = () => settle(undefined);
    // What was typed before the menu was drawn is no answer to it: it arrives before the next turn of the event loop.
    let drawn = false;
    setImmediate(() => {
      drawn = true;
    });
    const stop = listen(stdin, {
      cancel: end,
      key: (text) => {
        // the arrows and their like end in letters, which nobody typed
        const typed = text.startsWith('\x1b') ? [] : [...text.toLowerCase()];
        const key = keys.find((wanted) => typed.includes(wanted));
        if (key !== undefined && drawn) settle(key);
      },
    });
    stdin.once('end', end);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** Draws a menu of single keys on one line, and waits for one of them. */
export async function menuPrompt<K extends string>(
  { stdin, stderr, signal }: { stdin: NodeJS.ReadStream; stderr: NodeJS.WriteStream; signal: AbortSignal },
  menu: readonly { key: K; label: string }[],
): Promise<K | undefined> {
  const items = menu.map(({ key, label }) => `${key} ${label}`);
  const line = items.join('   ');
  stderr.write(`? ${line.length + 4 <= (stderr.columns ?? 80) ? line : items.join('\n  ')} `);
  const keys = menu.map(({ key }) => key);
  const key = await oneKey(stdin, keys, signal);
  stderr.write(`${key ?? ''}\n`);
  return key;
}
