/** Pods beside the backends that were asked anyway, and show whether other nodes can be reached at all. */
import { dnsPods } from './dnsService.ts';
import type { Facts } from './facts.ts';
import { answersTo, isAsk, type ProbeReport } from './probe.ts';

export interface Witness {
  node: string;
  answers: boolean;
  silent: boolean;
}

/** What each DNS pod said, or did not say, when it was asked directly. */
export async function dnsWitnesses(facts: Facts, report: ProbeReport): Promise<Witness[]> {
  return (await dnsPods(facts)).flatMap(({ spec, status }) => {
    const heard = answersTo(report, isAsk('nslookup')).filter(({ question }) => question.server === status?.podIP);
    if (!spec?.nodeName || !status?.podIP || heard.length === 0) return [];
    const silent = heard.every(({ answer }) => answer.outcome === 'timeout');
    const answers = heard.some(({ answer }) => SPOKEN.includes(answer.outcome));
    return [{ node: spec.nodeName, answers, silent }];
  });
}

const SPOKEN: readonly string[] = ['found', 'nxdomain', 'servfail', 'refused-query', 'no-address'];
