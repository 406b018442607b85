/** A command for a person to run: an argument vector. The renderer adds --context and quotes it for a shell. */
export type Command = readonly string[];

/** A kubectl command in a namespace; the arguments as they would be typed. */
export const kubectl = (namespace: string | undefined, ...args: string[]): Command =>
  namespace === undefined ? ['kubectl', ...args] : ['kubectl', '-n', namespace, ...args];

/** Between two commands: what the first prints is the second's input. The only word of a command that is never quoted. */
const PIPE = '|';

/** Creates or changes an object from its manifest. JSON, since YAML 1.1 reads values such as `y` and `on` as booleans. */
export const kubectlApply = (namespace: string | undefined, manifest: unknown): Command => [
  'printf',
  '%s',
  JSON.stringify(manifest),
  PIPE,
  ...kubectl(namespace, 'apply', '-f', '-'),
];

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes one argument for a POSIX shell. */
const shellQuote = (argument: string): string =>
  PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;

/** Programs that take the flags of the cluster: --context, --kubeconfig. */
const CLUSTERED = ['kubectl', 'svc-debug'];

/** The command as one line; `kubectl` and `svc-debug` get the flags that name the cluster the walk talked to. */
export function commandLine(command: Command, clusterFlags: readonly string[] = []): string {
  const pipe = command.indexOf(PIPE);
  if (pipe >= 0) {
    const parts = [command.slice(0, pipe), command.slice(pipe + 1)];
    return parts.map((part) => commandLine(part, clusterFlags)).join(' | ');
  }
  const [program = '', ...args] = command;
  const flags = CLUSTERED.includes(program) ? clusterFlags : [];
  return [program, ...flags, ...args].map(shellQuote).join(' ');
}
