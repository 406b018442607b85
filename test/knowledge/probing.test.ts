/** What a single observation is worth. */
import { describe, expect, test } from 'vitest';
import { encodeQuestions } from '../../src/cluster/probeQuestions.ts';
import { PROBE_SCRIPT } from '../../src/cluster/probeScript.ts';
import { reachOf } from '../../src/model/reach.ts';
import { samplesFor } from '../../src/model/samples.ts';
import { parseLookup } from '../../src/parse/lookup.ts';
import { parseNslookup } from '../../src/parse/nslookup.ts';
import { parseWget } from '../../src/parse/wget.ts';
import { yamlLines } from '../../src/render/yaml.ts';
import { A, answering, B, C, diagnosed, pods, served, VIP } from './scene.ts';

describe('a refusal', () => {
  test('may take a second to come: the shortest limit of a try is longer by half', () => {
    const limits = [...PROBE_SCRIPT.matchAll(/\bl=(\d)/g)].map(([, seconds]) => Number(seconds));
    expect(limits.length).toBeGreaterThan(0);
    expect(Math.min(...limits)).toBeGreaterThanOrEqual(2);
  });

  test('settles it for connections beside it that heard nothing: kernels limit how often they refuse', async () => {
    const { findings } = await diagnosed({
      objects: served(pods({ ready: false })),
      connections: { [VIP]: 'refused' },
    });
    expect(findings.map(({ code }) => code)).toContain('ip/refused');
    expect(findings.map(({ code }) => code)).not.toContain('ip/intermittent');
  });
});

describe('few tries hide one bad backend of several', () => {
  test.each([2, 3, 5, 10])('of %i: one in a hundred at most', (backends) => {
    expect((1 - 1 / backends) ** samplesFor(backends)).toBeLessThan(0.01);
  });
});

test('a tool that crashes has said nothing about the Service', async () => {
  const crash = parseWget({ text: 'Segmentation fault\n', exitCode: 139, durationMs: 5 });
  expect(crash.outcome).toBe('crashed');
  expect(reachOf([crash])).toBeUndefined();
  const { errors } = await diagnosed({
    objects: served(pods()),
    connections: { [VIP]: 'crashed', [A]: 'crashed', [B]: 'crashed', [C]: 'crashed' },
  });
  expect(errors).toEqual([]);
});

test('nslookup says NXDOMAIN for suffixes that do not fit and ends with 1, beside a good answer', () => {
  const text = [
    'Server:\t\t10.96.0.10',
    'Address:\t10.96.0.10:53',
    '',
    "** server can't find web.svc.cluster.local: NXDOMAIN",
    'Name:\tweb.shop.svc.cluster.local',
    'Address: 10.96.7.7',
    "** server can't find web.cluster.local: NXDOMAIN",
    '',
  ].join('\n');
  expect(parseNslookup({ text, exitCode: 1, durationMs: 5 })).toMatchObject({
    outcome: 'found',
    addresses: ['10.96.7.7'],
  });
});

test('ICMP decides nothing: where ping looks a name up, its lost packets are no failure', () => {
  const text = 'PING web (10.96.7.7): 56 data bytes\n\n1 packets transmitted, 0 packets received, 100% packet loss\n';
  expect(parseLookup({ text, exitCode: 1, durationMs: 900 })).toMatchObject({
    outcome: 'found',
    addresses: ['10.96.7.7'],
  });
});

test('everything is asked by one command: an exec takes longer than a question', () => {
  const { args } = encodeQuestions(
    [
      { ask: 'resolv-conf' },
      { ask: 'nslookup', name: 'web.shop.svc.cluster.local.' },
      { ask: 'connect', address: '10.96.7.7', port: 80, tries: 3 },
    ],
    { lanes: 40, connections: 60 },
  );
  expect(args.filter((word) => word === '+')).toHaveLength(3);
});

test.each(['y', 'on', 'no', 'n', '1e3', 'null'])('the label value %j is quoted in YAML', (value) => {
  expect(yamlLines({ app: value })).toEqual([`app: "${value}"`]);
});

describe('the first boundary at which the answer changes names the layer', () => {
  const silent = { [VIP]: 'silent', [A]: 'silent', [B]: 'silent', [C]: 'silent' } as const;

  test('cluster IP and pods answer, the name does not: DNS', async () => {
    const heard = { dns: { '*': 'timeout' as const }, lookups: { '*': 'bad-name' as const } };
    const { causes } = await diagnosed({ objects: served(pods()), connections: answering(VIP, A, B, C), heard });
    expect(causes).toEqual(['dns/no-answer']);
  });

  test('the pods answer, the cluster IP does not: the node', async () => {
    const { causes } = await diagnosed({
      objects: served(pods()),
      connections: { ...answering(A, B, C), [VIP]: 'silent' },
    });
    expect(causes).toEqual(['kube-proxy/not-forwarding']);
  });

  test('no pod answers on its own address: pods or the way to them', async () => {
    const { causes } = await diagnosed({ objects: served(pods()), connections: silent });
    expect(causes).toEqual(['pods/silent']);
  });
});

test('what may not be read is neither there nor absent', async () => {
  const { verdict, errors, notChecked } = await diagnosed({
    objects: served(pods()),
    forbidden: ['list pods', 'list endpointslices'],
    connections: { [VIP]: 'silent' },
  });
  expect({ verdict, pods: errors.filter((code) => /^(endpoints|pods)\//.test(code)) }).toEqual({
    verdict: 'broken',
    pods: [],
  });
  expect(notChecked).toContainEqual(expect.objectContaining({ kind: 'forbidden', verb: 'list', resource: 'pods' }));
});

test('without a probe nothing is healthy', async () => {
  const { verdict, errors } = await diagnosed({ objects: served(pods()) });
  expect({ verdict, errors }).toEqual({ verdict: 'inconclusive', errors: [] });
});
