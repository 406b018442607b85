import type { ProxiedAnswer } from '../model/probe.ts';
import { linesOf } from './text.ts';

const STATUS = /HTTP\/\d\S* (\d{3})/;
/** Words of curl and wget about what went wrong; GNU wget has them without its name in front. */
const COMPLAINT = /^(?:curl: \(\d+\) |wget: )(.*)$|(failed: .*|unable to resolve .*)$/;

/**
 * What the probe script says of a request by way of the container's own proxy: `%variable`, `%direct` with NO_PROXY, then
 * the words of curl or wget. `null`: no proxy is set.
 */
export function parseProxied(text: string): ProxiedAnswer | null {
  const lines = linesOf(text);
  const after = (word: string) => lines.find((line) => line.startsWith(word))?.slice(word.length);
  const variable = after('%variable ')?.trim();
  if (!variable) return null;
  const direct = (after('%direct') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  // the last: redirects come before
  const status = lines.findLast((line) => STATUS.test(line))?.match(STATUS)?.[1];
  const complaint = lines.map((line) => COMPLAINT.exec(line)).find((match) => match !== null);
  const words = (complaint?.[1] ?? complaint?.[2] ?? '').replace(/\/\/[^/@\s]*@/g, '//');
  return {
    variable,
    direct: [...new Set(direct)],
    asked: lines.some((line) => /^%rc=\d+$/.test(line)),
    ...(status !== undefined && status !== '000' && { status: Number(status) }),
    words,
  };
}
