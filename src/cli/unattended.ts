import type { Cluster } from '../model/cluster.ts';
import { conclude } from './conclude.ts';
import { placesOf, type Run } from './run.ts';
import { tellWalk } from './tellWalk.ts';

/** Asks nothing before it walks: what the flags consent to is done, and nothing else. */
export async function unattended(run: Run, cluster: Cluster): Promise<number> {
  const { options, target } = run;
  const mayAct = options.probe === 'auto';
  const consent = { probe: mayAct && options.yes, nodeChecks: mayAct && options.nodeChecks === 'yes' };
  const places = consent.probe ? placesOf(options.from, target.namespace) : [];
  const plan = { cluster, consent, places, withHead: true };
  return conclude(run, plan, await tellWalk(run, plan));
}
