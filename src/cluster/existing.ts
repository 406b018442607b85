import type { Cluster } from '../model/cluster.ts';
import { type Fact, known } from '../model/fact.ts';
import type { Vantage } from '../model/probe.ts';
import { clientVantage } from './places.ts';

/** A pod that runs already. `client`: it was told of the Service. */
export interface ExistingPod {
  name: string;
  client: boolean;
}

interface Settings {
  namespace: string;
  existing?(): Promise<readonly ExistingPod[]>;
}

/** `own`, unless creating a pod was forbidden: then the first of the pods at hand that can be asked. */
export async function orExisting(
  cluster: Cluster,
  { namespace, existing }: Settings,
  own: Fact<Vantage>,
): Promise<Fact<Vantage>> {
  if (own.known || own.obstacle.kind !== 'forbidden' || !existing) return own;
  for (const { name, client } of await existing()) {
    const vantage = await clientVantage(cluster, namespace, name, async () => own);
    if (vantage.known) return known({ ...vantage.value, ...(!client && { bystander: true as const }) });
  }
  return own;
}
