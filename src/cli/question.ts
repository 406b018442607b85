import { PROBE_IMAGE } from '../cluster/probeManifest.ts';
import type { Place } from '../cluster/probers.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { printed, wrap } from '../render/layout.ts';
import { widthOf } from '../render/report.ts';
import { cleanText } from '../render/sanitize.ts';
import { wizard as text } from '../text/en/wizard.ts';
import type { ClientPod } from './clientPods.ts';
import type { Choice } from './prompter.ts';
import { placesOf, type Run } from './run.ts';

/**
 * The one question: whether to ask from inside the cluster, and from where. No places: the API only.
 * Where the API tells the cause already, Enter stops there.
 */
export async function whereFrom(
  run: Run,
  { verdict }: Diagnosis,
  clients: readonly ClientPod[],
): Promise<readonly Place[] | undefined> {
  const decided = verdict === 'broken';
  const inside = run.options.from.length > 0 ? [namedClients(run)] : placesToOffer(run, clients);
  const stop: Choice<readonly Place[]> = {
    value: [],
    label: decided ? text.places.enough : text.places.nowhere,
    note: decided ? text.places.enoughNote : text.places.nowhereNote,
  };
  const choices = [...inside, stop];
  const question = decided ? text.proveIt : text.whereFrom;
  const consents = text.consents(cleanText(run.target.service));
  run.screen.say(printed(wrap(consents, widthOf(run.host.stderr))));
  return run.screen.ask((prompter) => prompter.select(question, choices, decided ? choices.length - 1 : 0));
}

/** The clients of --from: they are settled, and only consent is asked for. */
function namedClients({ options: { from }, target }: Run): Choice<readonly Place[]> {
  const names = from.map(({ kind, name, namespace }) => [...(namespace ? [namespace] : []), kind, name].join('/'));
  return { value: placesOf(from, target.namespace), label: names.join(', '), note: text.places.clientNote };
}

function placesToOffer({ options, target }: Run, clients: readonly ClientPod[]): Choice<readonly Place[]>[] {
  const { namespace } = target;
  const pods = clients.map(({ name, where }) => ({
    value: [{ kind: 'pod', namespace, name }] as const,
    label: cleanText(text.places.pod(name)),
    note: cleanText(text.places.podNote(where)),
  }));
  const image = options.image ?? PROBE_IMAGE;
  const newPod: Choice<readonly Place[]> = {
    value: [{ kind: 'new-pod' }],
    label: text.places.newPod,
    note: text.places.newPodNote(image, namespace),
  };
  return [...pods, newPod];
}
