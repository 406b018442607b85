import type { Firewall, Packet } from '../../../src/model/firewall/types.ts';
import { wayOf } from '../../../src/model/firewall/way.ts';

/** Address of the node whose rules are looked at. */
export const NODE = '172.30.2.11';

/** Where a new connection of a pod goes, as `33% 10.244.0.3:8080`, `100% dropped by CHAIN`; `masqueraded` beside it. */
export function goes(firewall: Firewall, packet: Partial<Packet> & Pick<Packet, 'destination' | 'port'>): string[] {
  const { destination } = packet;
  const way = wayOf(
    firewall,
    { source: '10.244.0.9', protocol: 'tcp', fromNode: false, toNode: destination === NODE, ...packet },
    (address) => address === NODE,
  );
  return way.fates.map(({ share, end, to, masqueraded, by }) =>
    [
      `${Math.round(share * 100)}%`,
      end === 'delivered' ? (to ?? '') : end,
      ...(by && end !== 'delivered' ? [`by ${by.chain}`] : []),
      ...(masqueraded ? ['masqueraded'] : []),
    ].join(' '),
  );
}
