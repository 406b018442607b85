import { type Host, hostOf } from './host.ts';
import { main } from './main.ts';
import { tell } from './tell.ts';

/** Runs svc-debug in a Node process, and ends it. */
export async function start(node: NodeJS.Process): Promise<void> {
  const host = hostOf(node);
  quietPipes(host);
  const fail = (error: unknown) => host.exit(tell(host, error));
  node.on('uncaughtException', fail);
  node.on('unhandledRejection', fail);
  const code = await main(host);
  // Not left to the event loop: a keep-alive socket, or a terminal in raw mode, would hold it.
  host.stdout.write('', () => host.exit(code));
}

/** `svc-debug ... | head` closes our output: what it does not want to read is no error. */
function quietPipes({ stdout, stderr }: Host): void {
  const quiet = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  };
  stdout.on('error', quiet);
  stderr.on('error', quiet);
}
