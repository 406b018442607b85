import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseListeners } from '../../src/parse/listeners.ts';
import { parseLookup } from '../../src/parse/lookup.ts';
import { parseResolvConf } from '../../src/parse/resolvConf.ts';
import { anyText } from './anyText.ts';

describe('lookup', () => {
  const found = (...addresses: string[]) => ({ outcome: 'found', addresses });
  it.each([
    [
      'getent ahosts',
      '10.0.1.175      STREAM hostnames.default.svc.cluster.local\n10.0.1.175      DGRAM  \n10.0.1.175      RAW    \n',
      0,
      found('10.0.1.175'),
    ],
    [
      'getent ahosts, both families',
      'fd00::1 STREAM x\nfd00::1 DGRAM\n10.0.0.1 STREAM\n',
      0,
      found('fd00::1', '10.0.0.1'),
    ],
    ['getent hosts', '10.0.1.175      hostnames.default.svc.cluster.local\n', 0, found('10.0.1.175')],
    ['getent', '\n', 2, { outcome: 'bad-name', addresses: [] }],
    ['busybox ping', 'PING hostnames (10.0.1.175): 56 data bytes\n', 1, found('10.0.1.175')],
    ['ping of iputils', 'PING hostnames.default (10.0.1.175) 56(84) bytes of data.\n', 1, found('10.0.1.175')],
    ['ping of iputils, IPv6', 'PING x(x.default (fd00::1)) 56 data bytes\n', 1, found('fd00::1')],
    ['ping', "ping: bad address 'nosuch'\n", 1, { outcome: 'bad-name', addresses: [] }],
    ['ping of iputils', 'ping: nosuch: Name or service not known\n', 2, { outcome: 'bad-name', addresses: [] }],
    [
      'ping of iputils, no resolver',
      'ping: x: Temporary failure in name resolution\n',
      2,
      { outcome: 'unclear', addresses: [] },
    ],
    ['busybox nc', 'hostnames (10.0.1.175:9) open\n', 0, found('10.0.1.175')],
    ['busybox nc, IPv6', 'hostnames ([fd00::1]:9) open\n', 0, found('fd00::1')],
    ['busybox nc', "nc: bad address 'nosuch'\n", 1, { outcome: 'bad-name', addresses: [] }],
    ['bash', 'open\n', 0, found()],
    ['anything that had its time', '', 143, { outcome: 'unclear', addresses: [] }],
    ['a crash', '10.0.0.1 STREAM x\n', 139, { outcome: 'unclear', addresses: [] }],
    ['nothing known', 'ping: permission denied (are you root?)\n', 1, { outcome: 'unclear', addresses: [] }],
  ])('%s: %j', (_, text, exitCode, expected) => {
    expect(parseLookup({ text, exitCode, durationMs: 20 })).toEqual(expected);
  });

  it('does not call a name bad that was looked for too long', () => {
    const transcript = { text: "ping: bad address 'x'\n", exitCode: 1, durationMs: 5000 };
    expect(parseLookup(transcript).outcome).toBe('unclear');
  });
});

describe('resolv.conf', () => {
  it('of a pod', () => {
    const text =
      'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n';
    expect(parseResolvConf(text)).toEqual({
      nameservers: ['10.96.0.10'],
      search: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      ndots: 5,
      options: ['ndots:5'],
    });
  });

  it.each([
    ['the last search counts', 'search a b\ndomain c\n', { search: ['c'] }],
    [
      'options add up, the last ndots counts',
      'options ndots:2 rotate\noptions ndots:99\n',
      { ndots: 15, options: ['ndots:2', 'rotate', 'ndots:99'] },
    ],
    ['comments', '# nameserver 1.1.1.1\n; nameserver 2.2.2.2\nnameserver\t::1\n', { nameservers: ['::1'] }],
    ['what is no address', 'nameserver \u001b[31m\nnameserver x\n', { nameservers: [] }],
    ['nothing', '', { nameservers: [], search: [], ndots: 1, options: [] }],
  ])('%s', (_, text, expected) => expect(parseResolvConf(text)).toMatchObject(expected));

  it('survives any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = JSON.stringify(parseResolvConf(`search ${text}\noptions ${text}`));
        expect(read).not.toMatch(/\\u00[01]/);
      }),
    );
  });
});

describe('/proc/net/tcp', () => {
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const rest = '00000000:00000000 00:00000000 00000000     0        0 1143 1 00000000b81d5fc0 100 0 0 10 0';
  const line = (local: string, state = '0A') =>
    `   0: ${local} ${local.replace(/[0-9A-F](?=.*:)/g, '0')} ${state} ${rest}\n`;

  it.each([
    ['00000000:07E8', '0.0.0.0', 2024],
    ['0100007F:1F90', '127.0.0.1', 8080],
    ['01001EAC:1388', '172.30.0.1', 5000],
    ['00000000000000000000000000000000:4850', '::', 18512],
    ['00000000000000000000000001000000:0050', '::1', 80],
    ['000000FD000000000000000002000000:0050', 'fd00::2', 80],
    ['0000000000000000FFFF00000100007F:0050', '::ffff:127.0.0.1', 80],
  ])('%s is %s', (local, address, port) => {
    expect(parseListeners(head + line(local))).toEqual([{ address, port }]);
  });

  it('has connections as well, which do not count', () => {
    expect(parseListeners(head + line('0100007F:1F90', '01') + line('0100007F:1F91', '06'))).toEqual([]);
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(parseListeners(text)).toEqual([]);
      }),
    );
  });
});
