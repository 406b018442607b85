import { EXIT } from './exit.ts';
import type { Host } from './host.ts';
import { UsageError } from './usage.ts';

/** Says what ended the run, on stderr, and gives the exit code for it. */
export function tell({ argv, stderr }: Host, error: unknown): number {
  if (error instanceof UsageError) {
    stderr.write(`svc-debug: ${[error.message, ...error.next].map(visible).join('\n           ')}\n`);
    return EXIT.usage;
  }
  const verbose = argv.includes('-v') || argv.includes('--verbose');
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  stderr.write(
    [
      `svc-debug: a defect of svc-debug, not of your cluster: ${visible(message)}`,
      `           Please report it: the command, svc-debug --version, and what -v prints here.`,
      ...(verbose && stack ? [stack] : []),
      '',
    ].join('\n'),
  );
  return EXIT.defect;
}

/** Without control characters: messages may quote what a user, a file or a cluster holds. */
const visible = (text: string) => text.replace(/\p{C}/gu, '\u{FFFD}');
