import { isIP } from 'node:net';
import { linesOf } from './text.ts';

/** A connection that the node remembers, or what it takes for one. */
export interface Flow {
  protocol: string;
  source: string;
  /** What the client asked for. */
  destination: string;
  port: number;
  /** Who is to answer: an endpoint where the destination was rewritten, else the destination itself. */
  answers: string;
  answersPort: number;
  /** Nothing ever came back. */
  unreplied: boolean;
}

/** Of each direction, in the order in which they stand. */
const TUPLE = /src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g;
const PROTOCOLS = ['tcp', 'udp', 'sctp'];

/** Reads `conntrack -L` or `/proc/net/nf_conntrack`: one flow a line, its two directions one behind the other. */
export function parseConntrack(text: string): Flow[] {
  return linesOf(text).flatMap((line) => {
    const [there, back] = [...line.slice(0, 1000).matchAll(TUPLE)];
    const protocol = line.split(/\s+/, 4).find((word) => PROTOCOLS.includes(word));
    if (!there || !back || !protocol) return [];
    const [, source = '', destination = '', , port] = there;
    const [, answers = '', , answersPort] = back;
    if (isIP(destination) === 0 || isIP(answers) === 0) return [];
    const unreplied = line.includes('[UNREPLIED]');
    return [
      { protocol, source, destination, port: Number(port), answers, answersPort: Number(answersPort), unreplied },
    ];
  });
}
