import type { Program } from '../machine/container.ts';
import { candidates, type DnsReply, lookup, query, resolverSettings } from '../network/resolver.ts';

/** nslookup of busybox: a name without dots gets every suffix of the search list, any other is asked for as it is. */
export const nslookup: Program = async (task, [, name = '', server]) => {
  const settings = resolverSettings(task.container.files.read('/etc/resolv.conf') ?? '');
  const [asked = '127.0.0.1'] = server === undefined ? settings.nameservers : ((await lookup(task, server)) ?? []);
  const names = name.includes('.') ? [name] : candidates(name, { ...settings, ndots: 1 });
  let failed = false;
  let text = `Server:\t\t${asked}\nAddress:\t${asked}:53\n\n`;
  for (const one of names) {
    const reply = await query(task, asked, one);
    if (reply === undefined || reply === 'refused') {
      task.out(';; connection timed out; no servers could be reached\n\n');
      return 1;
    }
    failed ||= reply.rcode !== 'NOERROR';
    // once for A, once for AAAA
    text += `${said(one, reply)}${reply.rcode === 'NOERROR' ? '' : said(one, reply)}\n`;
  }
  task.out(text);
  return failed ? 1 : 0;
};

function said(name: string, { rcode, addresses, alias }: DnsReply): string {
  if (rcode !== 'NOERROR') return `** server can't find ${name}: ${rcode}\n\n`;
  const plain = name.replace(/\.$/, '');
  const via = alias === undefined ? '' : `${plain}\tcanonical name = ${alias}\n`;
  return `${via}${addresses.map((address) => `Name:\t${alias ?? plain}\nAddress: ${address}\n`).join('')}\n`;
}
