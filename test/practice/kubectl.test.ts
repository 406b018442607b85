import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadScenarios, type Practice, startPractice } from '../../src/practice/practice.ts';
import { emptyFolder } from '../support/program.ts';

vi.setConfig({ testTimeout: 60_000 });

const isThere = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!isThere) console.warn('\n*** kubectl is not on the PATH: NOT TESTED against the practice cluster ***\n');

/** The plain kubectl of this machine against the practice cluster. */
describe.skipIf(!isThere)('kubectl', () => {
  let practice: Practice;
  const folder = emptyFolder();
  const kubeconfig = path.join(folder, 'kubeconfig');
  beforeAll(async () => {
    const scenario = loadScenarios().find((one) => one.folder === 'pods-crash-loop')!;
    practice = await startPractice({ scenario, port: 0, realTime: false, now: Date.now, log: () => undefined });
    writeFileSync(kubeconfig, practice.kubeconfig);
  });
  afterAll(() => practice.close());

  const kubectl = (args: string[], { input = '', env = {} } = {}) =>
    new Promise<string>((resolve) => {
      const all = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder, ...env };
      const child = execFile('kubectl', ['-n', 'shop', ...args], { env: all }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      );
      child.stdin?.end(input);
    });

  test.each<[string[], RegExp]>([
    [['get', 'pods'], /^NAME +AGE\ncheckout-\S+ +\d+m\nshipping-/],
    [
      ['get', 'svc,deploy,endpointslices'],
      /service\/shipping[\s\S]*deployment.apps\/shipping[\s\S]*endpointslice.discovery.k8s.io\/shipping-/,
    ],
    [['get', 'pods', '-A', '-o', 'name'], /pod\/coredns-[\s\S]*pod\/kube-proxy-[\s\S]*pod\/shipping-/],
    [['get', 'svc', 'shipping', '-o', 'yaml'], /clusterIP: 10\.96\.\d+\.\d+\n[\s\S]*targetPort: http\n/],
    [['get', 'nosuch'], /the server doesn't have a resource type "nosuch"/],
    [['get', 'svc', 'nosuch'], /services "nosuch" not found/],
    [['logs', 'deployment/shipping', '--previous'], /fatal: DATABASE_URL is not set/],
    [['describe', 'pod', '-l', 'app=shipping'], /Reason: +CrashLoopBackOff[\s\S]*Back-off restarting failed container/],
    [['exec', 'deployment/checkout', '--', 'nslookup', 'shipping.shop.svc.cluster.local'], /Address: 10\.96\./],
    [['exec', 'deployment/checkout', '--', 'sh', '-c', 'exit 4'], /command terminated with exit code 4/],
    [['exec', 'deployment/checkout', '--', 'java'], /executable file not found in \$PATH/],
    [['api-resources', '-o', 'name'], /deployments\.apps\n/],
  ])('%j', async (args, printed) => {
    expect(await kubectl(args)).toMatch(printed);
  });

  test('edit, and an object that is refused', async () => {
    const edit = (from: string, to: string) => {
      const editor = path.join(folder, 'edit.sh');
      writeFileSync(editor, `#!/bin/sh\nsed -i.bak 's/${from}/${to}/' "$1"\n`, { mode: 0o755 });
      return kubectl(['edit', 'svc', 'shipping'], { env: { EDITOR: editor } });
    };
    expect(await edit('port: 80$', 'port: 81')).toContain('service/shipping edited');
    expect(await kubectl(['get', 'svc', 'shipping', '-o', 'jsonpath={.spec.ports[0].port}'])).toBe('81');
    expect(await edit('port: 81$', 'port: 99999')).toMatch(/spec\.ports\[0\]\.port: Invalid value: 99999|is invalid/);
    expect(await edit('port: 81$', 'port: 80')).toContain('edited');
  });

  test('what mends it mends it', async () => {
    const ask = () => kubectl(['exec', 'deployment/checkout', '--', 'wget', '-qO-', '-T', '2', 'http://shipping/']);
    expect(await ask()).toContain('Connection refused');
    expect(await kubectl(['set', 'env', 'deployment/shipping', 'DATABASE_URL=postgres://db'])).toContain('env updated');
    expect(await ask()).toContain('404 Not Found');
  });

  test('apply, expose, label, patch, scale, delete', async () => {
    const manifest =
      'apiVersion: v1\nkind: Service\nmetadata: { name: by-hand }\nspec: { selector: { app: shipping }, ports: [{ port: 80 }] }\n';
    expect(await kubectl(['apply', '-f', '-'], { input: manifest })).toContain('service/by-hand created');
    expect(await kubectl(['apply', '-f', '-'], { input: manifest.replace('80', '81') })).toContain(
      'service/by-hand configured',
    );
    expect(
      await kubectl(['apply', '-f', '-'], { input: manifest.replace('ports: [{ port: 80 }]', 'ports: []') }),
    ).toMatch(/spec\.ports: Required value/);
    expect(await kubectl(['expose', 'deployment', 'checkout', '--port=80'])).toContain('service/checkout exposed');
    expect(await kubectl(['label', 'service', 'checkout', 'a=b'])).toContain('labeled');
    expect(
      await kubectl(['patch', 'service', 'checkout', '-p', '{"spec":{"ports":[{"port":80,"targetPort":8080}]}}']),
    ).toContain('patched');
    expect(await kubectl(['scale', 'deployment', 'checkout', '--replicas=2'])).toContain('scaled');
    expect((await kubectl(['get', 'pods', '-l', 'app=checkout', '-o', 'name'])).trim().split('\n')).toHaveLength(2);
    expect(await kubectl(['delete', 'service', 'by-hand', 'checkout'])).toMatch(
      /"by-hand" deleted[\s\S]*"checkout" deleted/,
    );
    expect(await kubectl(['get', 'services', '-o', 'name'])).toBe('service/shipping\n');
  });
});
