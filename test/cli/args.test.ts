import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { parseArgs } from '../../src/cli/args.ts';
import type { InvestigateOptions } from '../../src/cli/options.ts';
import { UsageError } from '../../src/cli/usage.ts';

const DEFAULTS: InvestigateOptions = {
  from: [],
  scheme: 'auto',
  probe: 'auto',
  nodeChecks: 'ask',
  nodeOutput: [],
  forSeconds: 0,
  watch: false,
  yes: false,
  input: true,
  output: 'text',
  color: true,
  verbose: false,
};

const words = (line: string) => line.split(' ').filter(Boolean);

describe('a walk', () => {
  const cases: [string, Partial<InvestigateOptions>][] = [
    ['', {}],
    ['web', { service: 'web' }],
    ['svc/web', { service: 'web' }],
    ['service/web', { service: 'web' }],
    ['services/web', { service: 'web' }],
    ['svc/explan', { service: 'explan' }],
    ['9web', { service: '9web' }],
    ['web -n shop', { service: 'web', namespace: 'shop' }],
    ['-n shop web', { service: 'web', namespace: 'shop' }],
    ['web --namespace=shop', { service: 'web', namespace: 'shop' }],
    ['web --context prod --kubeconfig ./k', { service: 'web', context: 'prod', kubeconfig: './k' }],
    ['web --port 80', { service: 'web', port: '80' }],
    ['web --port 080', { service: 'web', port: '80' }],
    ['web --port http', { service: 'web', port: 'http' }],
    ['web --from pod/a', { service: 'web', from: [{ kind: 'pod', name: 'a' }] }],
    [
      'web --from po/a --from other/pod/b.c --from deploy/d --from no/node-1',
      {
        service: 'web',
        from: [
          { kind: 'pod', name: 'a' },
          { kind: 'pod', name: 'b.c', namespace: 'other' },
          { kind: 'deployment', name: 'd' },
          { kind: 'node', name: 'node-1' },
        ],
      },
    ],
    ['web --path /health?x=1 --scheme https', { service: 'web', path: '/health?x=1', scheme: 'https' }],
    ['web --image r/b:1 --image-pull-secret s.t', { service: 'web', image: 'r/b:1', imagePullSecret: 's.t' }],
    ['web --probe none --node-checks no', { service: 'web', probe: 'none', nodeChecks: 'no' }],
    ['web --for 1m30s --timeout 2m', { service: 'web', forSeconds: 90, timeoutSeconds: 120 }],
    ['web --for 500ms --timeout 45', { service: 'web', forSeconds: 0.5, timeoutSeconds: 45 }],
    [
      'web --yes --no-input -o json --no-color -v',
      { service: 'web', yes: true, input: false, output: 'json', color: false, verbose: true },
    ],
  ];
  test.each(cases)('svc-debug %s', (line, expected) => {
    expect(parseArgs(words(line))).toEqual({ command: 'investigate', options: { ...DEFAULTS, ...expected } });
  });
});

describe('commands', () => {
  const look = { color: true, verbose: false };
  const cases: [string, object][] = [
    ['explain ip/refused', { command: 'explain', code: 'ip/refused', options: look }],
    [
      '--no-color explain ip/refused -v',
      { command: 'explain', code: 'ip/refused', options: { color: false, verbose: true } },
    ],
    ['cleanup', { command: 'cleanup', options: look }],
    ['-n a cleanup --context b', { command: 'cleanup', options: { ...look, namespace: 'a', context: 'b' } }],
    ['-n a cleanup -n b', { command: 'cleanup', options: { ...look, namespace: 'b' } }],
  ];
  test.each(cases)('svc-debug %s', (line, expected) => {
    expect(parseArgs(words(line))).toEqual(expected);
  });

  test.each(['--help', '-h', 'help', 'explain --help', 'cleanup -h'])('svc-debug %s prints help', (line) => {
    expect(parseArgs(words(line))).toEqual({ command: 'print', text: expect.stringContaining('Usage: svc-debug') });
  });

  test('the help names every flag and command of the interface, and the exit codes', () => {
    const { text } = parseArgs(['--help']) as { text: string };
    const flags =
      '-n --namespace --context --kubeconfig --port --from --path --scheme --image --image-pull-secret --probe --node-checks --for --timeout --yes --no-input -o --output --no-color -v explain cleanup 130';
    for (const flag of flags.split(' ')) expect(text).toContain(flag);
  });

  test('the version is that of the package', () => {
    expect(parseArgs(['--version'])).toEqual({ command: 'print', text: `${manifest.version}\n` });
  });
});

describe('what is refused', () => {
  const cases: [string, RegExp, RegExp][] = [
    ['web --nope', /unknown option '--nope'/, /--help/],
    ['web --namespac x', /unknown option '--namespac'/, /--namespace/],
    ['web --lang ko', /unknown option '--lang'/, /--help/],
    ['web -n', /argument missing/, /--help/],
    ['web -o yaml', /'yaml' is invalid/, /--help/],
    ['web --scheme gopher', /'gopher' is invalid/, /--help/],
    ['web --probe maybe', /'maybe' is invalid/, /--help/],
    ['web --node-checks maybe', /'maybe' is invalid/, /--help/],
    ['web other', /Too many arguments: web other/, /One Service/],
    ['explan', /no command explan/, /svc-debug explain/],
    ['explan ip/refused', /no command explan/, /svc\/explan/],
    ['clenup', /no command clenup/, /svc-debug cleanup/],
    ['practise', /no command practise/, /svc-debug practice/],
    ['replay', /no command replay/, /svc\/replay/],
    ['explain', /missing required argument 'code'/, /--help/],
    ['explain a b', /too many arguments/i, /--help/],
    ['explain a -n b', /unknown option '-n'/, /--help/],
    ['--port 80 cleanup', /cleanup takes no --port/, /cleanup --help/],
    ['cleanup --port 80', /unknown option '--port'/, /--help/],
    ['Web', /"Web" cannot be the name of a Service/, /lower-case/],
    ['web_1', /cannot be the name of a Service/, /lower-case/],
    ['web.shop', /cannot be the name of a Service/, /lower-case/],
    ['web-', /cannot be the name of a Service/, /lower-case/],
    [`${'a'.repeat(64)}`, /cannot be the name of a Service/, /at most 63/],
    ['svc/', /An empty name cannot be/, /lower-case/],
    ['svc/a/b', /cannot be the name of a Service/, /lower-case/],
    ['pod/web', /"pod" is no Service/, /svc\/NAME/],
    ['web -n Shop', /"Shop" cannot be the name of a namespace/, /lower-case/],
    ['web --port 0', /--port 0/, /1 to 65535/],
    ['web --port 65536', /--port 65536/, /1 to 65535/],
    ['web --port -1', /argument missing|--port -1|unknown option/, /./],
    ['web --port 80/TCP', /--port 80\/TCP/, /number/],
    ['web --port this-name-is-too-long', /--port this-name/, /name/],
    ['web --port a--b', /--port a--b/, /name/],
    ['web --from web', /--from web: not a client/, /pod\/NAME/],
    ['web --from pod/', /cannot be the name of a pod/, /Allowed/],
    ['web --from svc/web', /not a client/, /pod\/NAME/],
    ['web --from a/b/pod/c', /not a client/, /pod\/NAME/],
    ['web --from shop/node/n1', /not a client/, /node\/NAME/],
    ['web --from Shop/pod/a', /name of a namespace/, /Allowed/],
    ['web --path health', /--path health/, /begins with/],
    ['web --for soon', /--for soon: not a duration/, /30s/],
    ['web --for 1m30', /not a duration/, /30s/],
    ['web --for -1s', /argument missing|unknown option|not a duration/, /./],
    ['web --for 11m', /out of range/, /0 to 600/],
    ['web --timeout 2h', /out of range/, /1 to 3600/],
    ['web --timeout 0s', /out of range/, /1 to 3600/],
    ['web --image-pull-secret A', /name of a Secret/, /Allowed/],
  ];
  test.each(cases)('svc-debug %s', (line, message, next) => {
    const error = refusalOf(words(line));
    expect(error.message).toMatch(message);
    expect(error.next.join('\n')).toMatch(next);
  });

  test.each([
    ['web', '--context', ''],
    ['web', '--image', ' '],
    ['web', '--kubeconfig', 'a\nb'],
    ['web', '--path', '/a b'],
    [''],
  ])('an empty value, or one with control characters: %j', (...argv) => {
    expect(refusalOf(argv)).toBeInstanceOf(UsageError);
  });
});

function refusalOf(argv: readonly string[]): UsageError {
  try {
    parseArgs(argv);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`${argv.join(' ')} was accepted`);
}
