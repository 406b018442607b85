import type { Program } from '../machine/container.ts';
import { candidates, type DnsReply, lookup, query, resolverSettings } from '../network/resolver.ts';

/** nslookup of busybox: a name without dots gets every suffix of the search list, any other is asked for as it is. */
export const nslookup: Program = async (task, [, name = '', server]) => {
  const settings = resolverSettings(task.container.files.read('/etc/resolv.conf') ?? '');
  const [asked = '127.0.0.1'] = server === undefined ? settings.nameservers : ((await lookup(task, server)) ?? []);
  const names = name.includes('.') ? [name] : candidates(name, { ...settings, ndots: 1 });
  const replies: [string, DnsReply][] = [];
  for (const one of names) {
    const reply = await query(task, asked, one);
    if (reply === undefined || reply === 'refused') {
      task.out(';; connection timed out; no servers could be reached\n\n');
      return 1;
    }
    replies.push([one, reply]);
  }
  const lines = (['A', 'AAAA'] as const).flatMap((type) =>
    replies.map(([one, reply]) => `${said(one, reply, type)}\n`),
  );
  task.out(`Server:\t\t${asked}\nAddress:\t${asked}:53\n\n${lines.join('')}`);
  return replies.some(([, { rcode }]) => rcode !== 'NOERROR') ? 1 : 0;
};

function said(name: string, { rcode, addresses, alias }: DnsReply, type: 'A' | 'AAAA'): string {
  if (rcode !== 'NOERROR') return `** server can't find ${name}: ${rcode}\n`;
  const plain = name.replace(/\.$/, '');
  const via = alias === undefined ? '' : `${plain}\tcanonical name = ${alias}\n`;
  const found = type === 'A' ? addresses.map((address) => `Name:\t${alias ?? plain}\nAddress: ${address}\n`) : [];
  return via + found.join('');
}
