/** What a vantage point heard about names, sorted by who was asked. */
import type { DnsAnswer, Lookup, ResolvConf } from '../model/probe.ts';
import type { Target } from '../model/target.ts';
import { absoluteName, domainOf, USUAL_DOMAIN } from './names.ts';
import { answersTo, isAsk, type ProbeReport } from './probe.ts';

/** The last answers about one absolute name: a probe pod that is seconds old may miss the first ones. */
export interface NameAnswers {
  name: string;
  /** Of the resolver of the pod. */
  own?: DnsAnswer;
  /** Of servers that were asked by address. */
  by: ReadonlyMap<string, DnsAnswer>;
}

export interface HeardDns {
  resolvConf?: ResolvConf;
  /** The cluster's domain as the search path has it. */
  domain: string;
  /** Names as a program writes them, through the C library; the last answer for each. */
  lookups: { name: string; answer: Lookup }[];
  service: NameAnswers;
  /** kubernetes.default, which every cluster has. */
  kubernetes: NameAnswers;
  /** The Service in the usual domain, where the search path has another. */
  inUsualDomain?: NameAnswers;
}

export const KUBERNETES = { namespace: 'default', service: 'kubernetes' } as const;

/** A name that is there for everybody to ask for: https://www.rfc-editor.org/rfc/rfc6761#section-6.5 */
export const OUTSIDE_NAME = 'example.com.';

export function heardDns(report: ProbeReport, target: Target): HeardDns {
  const conf = answersTo(report, isAsk('resolv-conf')).at(-1)?.answer;
  const domain = (conf && domainOf(conf.search)) ?? USUAL_DOMAIN;
  return {
    ...(conf && { resolvConf: conf }),
    domain,
    lookups: lookups(report),
    service: answersAbout(report, absoluteName(target, domain)),
    kubernetes: answersAbout(report, absoluteName(KUBERNETES, domain)),
    ...(domain !== USUAL_DOMAIN && { inUsualDomain: answersAbout(report, absoluteName(target, USUAL_DOMAIN)) }),
  };
}

function lookups(report: ProbeReport): HeardDns['lookups'] {
  const heard = answersTo(report, isAsk('lookup'));
  return [...new Map(heard.map(({ question, answer }) => [question.name, { name: question.name, answer }])).values()];
}

export function answersAbout(report: ProbeReport, name: string): NameAnswers {
  const heard = answersTo(report, isAsk('nslookup')).filter(
    ({ question, answer }) => question.name === name && answer.outcome !== 'unclear',
  );
  const own = heard.findLast(({ question }) => question.server === undefined)?.answer;
  const by = heard.flatMap(({ question, answer }) => (question.server ? [[question.server, answer] as const] : []));
  return { name, ...(own && { own }), by: new Map(by) };
}

/** Nobody answered: silence, or a port that nobody listens on. */
export const isMute = ({ outcome }: DnsAnswer): boolean => outcome === 'timeout' || outcome === 'port-refused';
export const isFound = (answer: DnsAnswer | undefined): boolean => answer?.outcome === 'found';
/** The server answered that there is no such name, or no address for it. */
export const isAbsent = ({ outcome }: DnsAnswer): boolean => outcome === 'nxdomain' || outcome === 'no-address';
