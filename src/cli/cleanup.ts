import { type Leftovers, removeLeftovers } from '../cluster/probeLeftovers.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Fact } from '../model/fact.ts';
import { cleanText } from '../render/sanitize.ts';
import { sayObstacle } from '../render/words.ts';
import { en } from '../text/en/index.ts';
import { wizard as text } from '../text/en/wizard.ts';
import { cancellation as createCancellation } from './cancellation.ts';
import { connect } from './connect.ts';
import { EXIT } from './exit.ts';
import type { Host } from './host.ts';
import { noAccessMessage } from './noAccessMessage.ts';
import type { CleanupOptions } from './options.ts';

/** Removes the probe pods that killed runs left. Those of a run that goes on stay. @throws UsageError */
export async function cleanup(host: Host, options: CleanupOptions): Promise<number> {
  const { cluster, namespace } = await connect(host, options);
  const cancellation = createCancellation(host);
  try {
    const bounded = cluster.within(cancellation.signal);
    const everywhere = options.namespace === undefined;
    const first = await swept(host, bounded, options.namespace);
    // without the right to look everywhere: at least in the namespace of the context
    const onlyHere = everywhere && !first.known && first.obstacle.kind === 'forbidden';
    const found = onlyHere ? await swept(host, bounded, namespace) : first;
    if (cancellation.signal.aborted) return EXIT.cancelled;
    if (!found.known) {
      host.stderr.write(`svc-debug: ${noAccessMessage(en, found.obstacle)}\n`);
      return EXIT['no-access'];
    }
    host.stdout.write(
      said(found.value, everywhere && !onlyHere ? text.cleanup.everywhere : text.cleanup.in(namespace)),
    );
    return found.value.kept.length > 0 ? EXIT.broken : EXIT.healthy;
  } finally {
    cancellation.stop();
    cluster.close();
  }
}

const swept = (host: Host, cluster: Cluster, namespace: string | undefined): Promise<Fact<Leftovers>> =>
  removeLeftovers(cluster, namespace, host.now(), host.hasEnded);

function said({ removed, kept, spared }: Leftovers, where: string): string {
  const lines = [
    ...(removed.length > 0 ? [text.cleanup.removed(removed)] : []),
    ...kept.map(({ pod, obstacle }) => text.cleanup.kept(pod, sayObstacle(en, obstacle))),
    ...(spared.length > 0 ? [text.cleanup.spared(spared)] : []),
  ];
  const all = lines.length > 0 ? lines : [text.cleanup.nothing(where)];
  return all.map((line) => `${cleanText(line)}\n`).join('');
}
