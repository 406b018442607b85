/** Questions about names that the first answers leave open. */
import type { Service } from '../model/kubernetes.ts';
import type { ProbeQuestion } from '../model/probe.ts';
import type { Target } from '../model/target.ts';
import { isFound, isMute, KUBERNETES, OUTSIDE_NAME } from './dnsHeard.ts';
import { absoluteName, domainOf, USUAL_DOMAIN } from './names.ts';
import { answersTo, isAsk, type ProbeReport } from './probe.ts';

export const dnsFollowUps = (target: Target, service: Service | undefined, report: ProbeReport): ProbeQuestion[] => [
  ...otherDomain(target, report),
  ...onceMore(report),
  ...outside(service, report),
];

/** The cluster's domain is not the usual one: ask everybody for the absolute names in it. */
function otherDomain(target: Target, report: ProbeReport): ProbeQuestion[] {
  const conf = answersTo(report, isAsk('resolv-conf')).at(-1)?.answer;
  const domain = conf && domainOf(conf.search);
  if (!domain || domain === USUAL_DOMAIN) return [];
  const usual = [target, KUBERNETES].map((name) => [absoluteName(name, USUAL_DOMAIN), absoluteName(name, domain)]);
  const names = new Map(usual as [string, string][]);
  return report.questions.filter(isAsk('nslookup')).flatMap((question) => {
    const name = names.get(question.name);
    return name === undefined ? [] : [{ ...question, name }];
  });
}

/**
 * Silence of the pod's own resolver counts when it is heard twice: a query is one packet, and a pod that is seconds old
 * may not get its answers yet. So does a short name that fails although the absolute one is known.
 */
function onceMore(report: ProbeReport): ProbeQuestion[] {
  const own = answersTo(report, isAsk('nslookup')).filter(({ question }) => question.server === undefined);
  const mute = own.filter(({ answer }) => isMute(answer));
  const lost = answersTo(report, isAsk('lookup')).filter(({ answer }) => answer.outcome !== 'found');
  return [...mute, ...(own.some(({ answer }) => isFound(answer)) ? lost : [])].map(({ question }) => question);
}

/** An ExternalName that does not resolve: is it that name, or every name outside? */
function outside(service: Service | undefined, report: ProbeReport): ProbeQuestion[] {
  const target = service?.spec?.type === 'ExternalName' ? service.spec.externalName : undefined;
  const answer = answersTo(report, isAsk('nslookup')).find(({ question }) => question.name === `${target}.`)?.answer;
  return answer && answer.outcome !== 'found' ? [{ ask: 'nslookup', name: OUTSIDE_NAME }] : [];
}
