import { Command, CommanderError, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { EPILOG } from './help.ts';
import { namespaceName, portOf, secretName } from './names.ts';
import {
  FIXES,
  type InvestigateOptions,
  NODE_CHECKS,
  OUTPUTS,
  PROBES,
  type PracticeOptions,
  type Request,
  SCHEMES,
} from './options.ts';
import { serviceArgument } from './serviceArgument.ts';
import { UsageError } from './usage.ts';
import { clients, durationOf, files, filled, pathOf } from './values.ts';

/** Reads the command line, without program name. @throws UsageError */
export function parseArgs(argv: readonly string[]): Request {
  let request: Request | undefined;
  let printed = '';
  const program = declare((asked) => {
    request = asked;
  });
  for (const command of program.commands) command.allowExcessArguments(false);
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    command.configureOutput({ writeOut: (text) => (printed += text), writeErr: () => undefined });
  }
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw asUsageError(error);
  }
  return request ?? { command: 'print', text: printed };
}

function asUsageError({ message }: CommanderError): UsageError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  return new UsageError(
    first,
    ...rest.map((line) => line.replace(/^\((.*)\)$/, '$1')),
    'svc-debug --help lists the flags.',
  );
}

function declare(ask: (request: Request) => void): Command {
  const program = new Command('svc-debug')
    .description(`${manifest.description}.`)
    .usage('[NAME] [flags]\n       svc-debug explain CODE | practice [SCENARIO] | cleanup')
    .version(manifest.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    .allowExcessArguments()
    .argument('[name]', 'the Service, NAME or svc/NAME; without it, pick one from a list')
    .addHelpText('after', EPILOG);
  walkFlags(clusterFlags(lookFlags(program))).action((name: string | undefined, flags: Flags, { args }: Command) => {
    const options = investigateOptions(name, flags);
    if (args.length > 1)
      throw new UsageError(`Too many arguments: ${args.join(' ')}`, 'One Service is walked at a time.');
    ask({ command: 'investigate', options });
  });
  const explain = program.command('explain <code>').description('say what a finding means, and how to mend it');
  lookFlags(explain).action((code: string, _own: Flags, command: Command) => {
    ask({ command: 'explain', code, options: look(flagsOf(command)) });
  });
  const cleanup = program.command('cleanup').description('remove what a killed run left in the cluster');
  clusterFlags(lookFlags(cleanup)).action((_own: Flags, command: Command) => {
    const flags = flagsOf(command);
    ask({ command: 'cleanup', options: { ...clusterOptions(flags), ...look(flags) } });
  });
  declarePractice(program, (options) => ask({ command: 'practice', options }));
  return program;
}

function declarePractice(program: Command, ask: (options: PracticeOptions) => void): void {
  const practice = program.command('practice [scenario]').description('walk an incident on an embedded cluster');
  lookFlags(practice)
    .option('--list', 'print the scenarios')
    .option('--serve', 'keep the cluster up for other terminals')
    .option('--hint', "print the scenario's hint first")
    .option('--port <port>', 'port of the embedded API server (default: any that is free)', portOf)
    .option('--real-time', 'wait as long as real programs would')
    .option('--no-input', 'ask nothing')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(OUTPUTS).default('text'))
    .action((scenario: string | undefined, _own: Flags, command: Command) => {
      const { list = false, serve = false, hint = false, realTime = false, port, ...flags } = flagsOf(command);
      const { input = true, output = 'text' } = flags;
      const number = Number(port ?? 0);
      if (Number.isNaN(number)) throw new UsageError(`--port ${port}: not a number`, 'It is a port of this machine.');
      const named = scenario === undefined ? {} : { scenario };
      ask({ ...named, ...look(flags), list, serve, hint, realTime, port: number, input, output });
    });
}

interface Flags extends Partial<Omit<InvestigateOptions, 'service' | 'forSeconds' | 'timeoutSeconds'>> {
  for?: number;
  timeout?: number;
  list?: boolean;
  serve?: boolean;
  hint?: boolean;
  realTime?: boolean;
}

const lookFlags = (command: Command): Command =>
  command.option('--no-color', 'no colours').option('-v, --verbose', 'show a kubectl command beside every verdict');

const clusterFlags = (command: Command): Command =>
  command
    .option('-n, --namespace <name>', "namespace of the Service (default: the context's)", namespaceName)
    .option('--context <name>', 'context of the kubeconfig', filled('--context'))
    .option('--kubeconfig <file>', 'kubeconfig to use', filled('--kubeconfig'));

const walkFlags = (program: Command): Command =>
  program
    .option('--port <port>', 'only this port, by number or name (default: every port)', portOf)
    .option(
      '--from <client>',
      'the client that suffers: [NAMESPACE/]pod/NAME, deployment/NAME, node/NAME; repeatable',
      clients,
    )
    .option('--path <path>', 'path to ask for over HTTP; an answer of 5xx then counts as broken', pathOf)
    .addOption(new Option('--scheme <scheme>', 'how to talk to it').choices(SCHEMES).default('auto'))
    .option('--image <image>', 'image of the probe pod; it needs a shell and nslookup, wget, nc', filled('--image'))
    .option('--image-pull-secret <name>', 'Secret to pull that image with', secretName)
    .addOption(new Option('--probe <how>', 'none: the API only, no pod, no exec').choices(PROBES).default('auto'))
    .addOption(
      new Option(
        '--node-checks <answer>',
        'look into kube-proxy pods and, with privileged pods, at nodes; all: at every node',
      )
        .choices(NODE_CHECKS)
        .default('ask'),
    )
    .option('--node-output <[node=]file>', 'what the printed commands showed on a node; repeatable', files)
    .option('--for <duration>', 'spread the samples over this time, such as 2m', durationOf('--for', 0))
    .addOption(
      new Option(
        '--fix <how>',
        'ask: offer to mend what is narrow, in a terminal; print: only show the change',
      ).choices(FIXES),
    )
    .option('--watch', 'repeat what fails until it passes, for 15 minutes at most')
    .option('--timeout <duration>', 'bound the whole run', durationOf('--timeout', 1))
    .option('--yes', 'consent to probe pod, exec and port-forward')
    .option('--no-input', 'ask nothing')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(OUTPUTS).default('text'));

function investigateOptions(name: string | undefined, flags: Flags): InvestigateOptions {
  const { from = [], probe = 'auto', nodeChecks = 'ask', nodeOutput = [], scheme = 'auto', output = 'text' } = flags;
  const { port, path, image, imagePullSecret, timeout, fix } = flags;
  return {
    ...clusterOptions(flags),
    ...look(flags),
    ...(name !== undefined && { service: serviceArgument(name) }),
    ...(port !== undefined && { port }),
    ...(path !== undefined && { path }),
    ...(image !== undefined && { image }),
    ...(imagePullSecret !== undefined && { imagePullSecret }),
    ...(timeout !== undefined && { timeoutSeconds: timeout }),
    ...(fix !== undefined && { fix }),
    watch: flags.watch ?? false,
    ...{ from, probe, nodeChecks, nodeOutput, scheme, output },
    forSeconds: flags.for ?? 0,
    yes: flags.yes ?? false,
    input: flags.input ?? true,
  };
}

const clusterOptions = ({ namespace, context, kubeconfig }: Flags) => ({
  ...(namespace !== undefined && { namespace }),
  ...(context !== undefined && { context }),
  ...(kubeconfig !== undefined && { kubeconfig }),
});

const look = ({ color = true, verbose = false }: Flags) => ({ color, verbose });

/** The flags of a subcommand, given before or after its name. One that it does not have is refused, not ignored. */
function flagsOf(command: Command): Flags {
  const program = command.parent!;
  const own = command.options.map((option) => option.attributeName());
  const given = (of: Command) => of.options.filter((o) => of.getOptionValueSource(o.attributeName()) === 'cli');
  const strange = given(program).find((option) => !own.includes(option.attributeName()));
  if (strange) throw new UsageError(`${command.name()} takes no ${strange.long}`, `svc-debug ${command.name()} --help`);
  const values = (of: Command) => given(of).map((o) => [o.attributeName(), of.getOptionValue(o.attributeName())]);
  return Object.fromEntries([...values(program), ...values(command)]);
}
