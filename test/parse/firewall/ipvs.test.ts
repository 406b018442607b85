import { expect, it } from 'vitest';
import { parseIpvs } from '../../../src/parse/firewall/ipvs.ts';

/** The sample of the Kubernetes page "Debug Services", with a real server that drains. */
const LISTED = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.0.1.175:80 rr
  -> 10.244.0.5:9376              Masq    1      0          0
  -> 10.244.0.6:9376              Masq    0      0          0
UDP  10.96.0.10:53 rr persistent 10800
  -> 10.244.0.2:53                Masq    1      0          3
TCP  [fd00::a]:80 rr
  -> [fd00:1::5]:9376             Masq    1      0          0
`;
/** The same as ipvsadm-save(8) has it. */
const SAVED = `-A -t 10.0.1.175:80 -s rr
-a -t 10.0.1.175:80 -r 10.244.0.5:9376 -m -w 1
-a -t 10.0.1.175:80 -r 10.244.0.6:9376 -m -w 0
-A -u 10.96.0.10:53 -s rr -p 10800
-a -u 10.96.0.10:53 -r 10.244.0.2:53 -m -w 1
-A -t [fd00::a]:80 -s rr
-a -t [fd00::a]:80 -r [fd00:1::5]:9376 -m -w 1
`;
/** The same as ip_vs_info_seq_show of the kernel (net/netfilter/ipvs/ip_vs_ctl.c) prints it. */
const FILE = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A0001AF:0050 rr
  -> 0AF40005:24A0      Masq    1      0          0
  -> 0AF40006:24A0      Masq    0      0          0
UDP  0A60000A:0035 rr persistent 10800 FFFFFFFF
  -> 0AF40002:0035      Masq    1      0          3
TCP  [fd00:0000:0000:0000:0000:0000:0000:000a]:0050 rr
  -> [fd00:0001:0000:0000:0000:0000:0000:0005]:24A0      Masq    1      0          0
`;

it.each([
  ['ipvsadm -ln', LISTED],
  ['ipvsadm-save -n', SAVED],
  ['/proc/net/ip_vs', FILE],
])('%s', (_, text) => {
  expect(Object.fromEntries(parseIpvs(text))).toEqual({
    '10.0.1.175/tcp/80': [
      { to: '10.244.0.5:9376', weight: 1 },
      { to: '10.244.0.6:9376', weight: 0 },
    ],
    '10.96.0.10/udp/53': [{ to: '10.244.0.2:53', weight: 1 }],
    'fd00::a/tcp/80': [{ to: '[fd00:1::5]:9376', weight: 1 }],
  });
});
