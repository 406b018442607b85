/** The name resolves; something about the DNS server is not well all the same. */
import { isFound, isMute } from '../../facts/dnsHeard.ts';
import { kubectl } from '../../model/command.ts';
import type { Finding } from '../../model/finding.ts';
import { heardAnswer } from './say.ts';
import { type Case, serverDown } from './server.ts';
import { crashFinding, isReady, stateOf } from './sickPods.ts';

/** DNS pods that crash, or that give no answer while others do: queries that meet them are lost. */
export async function sickPods(at: Case): Promise<Finding[]> {
  const { facts, server } = at;
  const down = server.service ? await serverDown(facts, server, 'warning') : undefined;
  const sick = down ?? (await crashFinding({ facts, server, severity: 'warning' }));
  return [...(sick ? [sick] : []), ...mutePods(at)];
}

function mutePods({ facts, server, heard, report }: Case): Finding[] {
  const answered = [...heard.service.by.values()].some((answer) => isFound(answer));
  return server.pods.filter(isReady).flatMap((pod): Finding[] => {
    const [address = '', name = ''] = [pod.status?.podIP, pod.metadata?.name];
    const answer = heard.service.by.get(address);
    if (!answer || !isMute(answer) || !answered) return [];
    return [
      {
        code: 'dns/no-answer',
        severity: 'warning',
        breaks: 'dns-answer',
        subject: { object: `pod/${server.target.namespace}/${name}`, from: report.vantage.id },
        params: { name: heard.service.name, server: address, answer: answer.outcome, who: 'pod' },
        evidence: [heardAnswer(report, heard.service.name, answer, address), stateOf(server, pod, facts.now)],
        remedies: [{ id: 'look-at-pods', commands: [kubectl(server.target.namespace, 'logs', name, '--tail=50')] }],
      },
    ];
  });
}
