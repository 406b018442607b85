/** A command for a person to run: an argument vector. The renderer adds --context and quotes it for a shell. */
export type Command = readonly string[];

/** A kubectl command in a namespace; the arguments as they would be typed. */
export const kubectl = (namespace: string | undefined, ...args: string[]): Command =>
  namespace === undefined ? ['kubectl', ...args] : ['kubectl', '-n', namespace, ...args];

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes one argument for a POSIX shell. */
export const shellQuote = (argument: string): string =>
  PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;

/** The command as one line; `kubectl` gets the flags that name the cluster the walk talked to. */
export function commandLine(command: Command, clusterFlags: readonly string[] = []): string {
  const [program = '', ...args] = command;
  const flags = program === 'kubectl' ? clusterFlags : [];
  return [program, ...flags, ...args].map(shellQuote).join(' ');
}
