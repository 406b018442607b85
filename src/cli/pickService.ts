import { RESOURCES } from '../facts/resources.ts';
import type { Cluster } from '../model/cluster.ts';
import { type Obstacle, valueOr } from '../model/fact.ts';
import type { EndpointSlice, Page, Service } from '../model/kubernetes.ts';
import { cleanText } from '../render/sanitize.ts';
import { wizard as text } from '../text/en/wizard.ts';
import { EXIT } from './exit.ts';
import { noAccessMessage } from './noAccessMessage.ts';
import type { Run } from './run.ts';
import { serviceChoices } from './serviceList.ts';
import { UsageError } from './usage.ts';

type Picked = { service: string } | { exit: number };

/** The Service that was named, or that is picked from a list. @throws UsageError where nobody can be asked */
export async function pickService(run: Omit<Run, 'target'>, cluster: Cluster): Promise<Picked> {
  const { options, screen, connection } = run;
  if (options.service !== undefined) return { service: options.service };
  if (!screen.interactive) throw nobodyToAsk();
  const { namespace } = connection;
  screen.busy(text.progress.connecting(cluster.context));
  const [services, slices] = await Promise.all([
    cluster.list<Service>({ ...RESOURCES.services, namespace }),
    cluster.list<EndpointSlice>({ ...RESOURCES.endpointSlices, namespace }),
  ]);
  if (!services.known) return { exit: cannotList(run, services.obstacle) };
  const choices = serviceChoices(
    services.value.items,
    valueOr<Page<EndpointSlice>, undefined>(slices, undefined)?.items,
    text,
  );
  if (choices.length === 0) {
    screen.say(`${text.noServices(namespace)}\n${text.otherNamespace}\n`);
    return { exit: EXIT.broken };
  }
  const shown = choices.map(({ value, label, note = '' }) => ({
    value,
    label: cleanText(label),
    note: cleanText(note),
  }));
  const service = await screen.ask((prompter) => prompter.search(text.pickService(namespace), shown));
  return service === undefined ? { exit: EXIT.cancelled } : { service };
}

const nobodyToAsk = () =>
  new UsageError(
    'Which Service? There is no terminal to ask in',
    'Name it: svc-debug NAME -n NAMESPACE',
    'kubectl get services lists them.',
  );

/** Not allowed to look at the namespace at all, or no access to the cluster. */
function cannotList({ screen, view: { catalogue } }: Omit<Run, 'target'>, obstacle: Obstacle): number {
  if (obstacle.kind === 'cancelled') return EXIT.cancelled;
  screen.idle();
  screen.say(`svc-debug: ${noAccessMessage(catalogue, obstacle)}\n`);
  return EXIT['no-access'];
}
