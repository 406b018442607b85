import manifest from '../../package.json' with { type: 'json' };
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';
import { tell } from './tell.ts';

/**
 * The whole program: reads the command line, does what it asks, and gives the exit code.
 * What a command needs is loaded when it is asked for, so that `--version` and `--help` cost little more than Node itself.
 */
export async function main(host: Host): Promise<number> {
  try {
    return await obey(host);
  } catch (error) {
    return tell(host, error);
  }
}

async function obey(host: Host): Promise<number> {
  if (host.argv.length === 1 && host.argv[0] === '--version') {
    host.stdout.write(`${manifest.version}\n`);
    return EXIT.healthy;
  }
  const { parseArgs } = await import('./args.ts');
  const request = parseArgs(host.argv);
  switch (request.command) {
    case 'print':
      host.stdout.write(request.text);
      return EXIT.healthy;
    case 'explain':
      return (await import('./explain.ts')).explain(host, request.code, request.options);
    case 'cleanup':
      return (await import('./cleanup.ts')).cleanup(host, request.options);
    case 'practice':
      return (await import('./practice.ts')).practice(host, request.options);
    case 'investigate':
      return (await import('./investigate.ts')).investigate(host, request.options);
  }
}
