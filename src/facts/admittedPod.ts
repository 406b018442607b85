/** Where policies admit others, but not the probe: a pod that they admit is asked in its stead. */
import { type Fact, known } from '../model/fact.ts';
import type { Pod } from '../model/kubernetes.ts';
import type { Party, PodParty } from '../model/networkPolicy/party.ts';
import type { ConnectAnswer, Prober } from '../model/probe.ts';
import { reachOf } from '../model/reach.ts';
import type { Target } from '../model/target.ts';
import { podNamed } from './api.ts';
import type { Facts, Question, World } from './facts.ts';
import { isClient, type Judged, judge, type PolicyScene, policyScene } from './policies.ts';
import { otherPods } from './policyOthers.ts';
import type { ProbeReport } from './probe.ts';
import { vantageIn } from './vantage.ts';

/** Some have no shell, or none of the tools. */
const MOST_TRIED = 3;

type Report = (prober: Prober, target: Target) => Question<ProbeReport>;

/**
 * What a pod that the policies admit hears of the Service; `null` where the probe is admitted as well, or gets through
 * all the same, where nobody is admitted, or where no such pod can be asked.
 */
export const admittedReport = (prober: Prober, target: Target, report: Report): Question<ProbeReport | null> => ({
  key: `probe in the stead of ${prober.id} for ${target.namespace}/${target.service}`,
  ask: async (world): Promise<Fact<ProbeReport | null>> => {
    const { facts } = world;
    const vantage = await prober.vantage();
    if (!vantage.known || isClient({ vantage: vantage.value }) || !facts.consent.probe) return known(null);
    const scene = await policyScene(facts, vantage.value);
    const shut = scene.known && scene.value.client ? shutPorts(scene.value, scene.value.client) : [];
    const [first] = shut;
    if (!scene.known || !first) return known(null);
    for (const pod of await admittedPods(facts, scene.value, first)) {
      const heard = await heardFrom(world, pod, report);
      if (!heard) continue;
      const own = await facts.ask(report(prober, facts.target));
      const stopped = own.known && shut.some((each) => !passes(own.value, each));
      return known(stopped ? { ...heard, insteadOf: vantage.value } : null);
    }
    return known(null);
  },
});

/** Ports and backends that the policies deny to a client. */
const shutPorts = (scene: PolicyScene, client: Party): Judged[] =>
  scene.ports.flatMap((port) => judge(scene, client, port).filter(({ verdict }) => verdict.allowed === false));

/** Policies that are not enforced stop nobody. The last answer counts: they hold for a new pod only after a moment. */
function passes({ questions, answers }: ProbeReport, { connection, backend }: Judged): boolean {
  const last = questions.findLastIndex(
    (question) =>
      question.ask === 'connect' && question.address === backend.address && question.port === connection.port,
  );
  const answer = answers[last] as ConnectAnswer | null | undefined;
  return (reachOf(answer?.attempts)?.answered ?? 0) > 0;
}

/** Those that may most first, then those that are no backends: they are clients. */
async function admittedPods(facts: Facts, scene: PolicyScene, { servicePort }: Judged): Promise<PodParty[]> {
  const { admitted } = await otherPods(facts, scene, servicePort);
  const ranked = admitted.map(({ party, isBackend }) => ({
    party,
    rank: [shutPorts(scene, party).length, +isBackend],
  }));
  return ranked
    .sort((a, b) => a.rank[0]! - b.rank[0]! || a.rank[1]! - b.rank[1]!)
    .slice(0, MOST_TRIED)
    .map(({ party }) => party);
}

/** Undefined where the pod cannot be asked. */
async function heardFrom(
  world: World,
  { namespace, name = '' }: PodParty,
  report: Report,
): Promise<ProbeReport | undefined> {
  const pod = await world.facts.ask(podNamed(namespace, name));
  if (!pod.known || !pod.value) return undefined;
  const heard = await world.facts.ask(report(inPod(world, pod.value), world.facts.target));
  return heard.known && opensConnections(heard.value) ? heard.value : undefined;
}

function inPod({ cluster, askFrom }: World, pod: Pod): Prober {
  const vantage = vantageIn(pod);
  return {
    id: vantage.id,
    kind: 'pod',
    vantage: async () => known(vantage),
    ask: (questions) => askFrom(cluster, vantage, questions),
  };
}

const opensConnections = ({ questions, answers }: ProbeReport): boolean =>
  questions.some(({ ask }, i) => ask === 'connect' && answers[i]);
