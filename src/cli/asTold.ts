import { remembering } from '../cluster/remembering.ts';
import type { Cluster } from '../model/cluster.ts';
import { conclude } from './conclude.ts';
import { nodeConsent } from './nodeOutputs.ts';
import { placesOf, type Run } from './run.ts';
import { tellWalk } from './tellWalk.ts';
import { NOTHING, walkOnce } from './walkOnce.ts';
import { watch } from './watch.ts';

/** Asks nothing before it walks: what the flags consent to is done, and nothing else. */
export async function asTold(run: Run, cluster: Cluster): Promise<number> {
  const { options, target } = run;
  const mayAct = options.probe === 'auto';
  const probeFlags = options.yes ? '--probe auto' : '--probe auto --yes';
  const consent = { probe: mayAct && options.yes, ...(!mayAct && { probeFlags }), ...nodeConsent(options) };
  const places = consent.probe ? placesOf(options.from, target.namespace) : [];
  const plan = { cluster, consent, places, withHead: true };
  // a program that reads the output gets one answer
  if (options.watch && options.output !== 'text') return conclude(run, plan, await watch(run, plan), null);
  const first = places.length > 0 ? readAhead(run, cluster) : cluster;
  return conclude(run, plan, await tellWalk(run, { ...plan, cluster: first }));
}

/**
 * Reads what the API can tell while the probe pod starts: a walk without vantage points asks for all of it at once.
 * Whatever goes wrong there goes wrong in the walk that counts, too.
 */
function readAhead({ target, signal, host }: Run, cluster: Cluster): Cluster {
  const remembered = remembering(cluster);
  walkOnce({ cluster: remembered, target, consent: NOTHING, now: host.now(), signal }).catch(() => undefined);
  return remembered;
}
