import { kubectl } from '../../model/command.ts';
import type { Remedy } from '../../model/finding.ts';
import type { Target } from '../../model/target.ts';

/** A change of the selector, as a merge patch: null removes a key. */
export function selectorRemedy<R extends string>(
  id: R,
  { namespace, service }: Target,
  selector: Readonly<Record<string, string | null>>,
): Remedy<R> {
  const body = { spec: { selector } };
  return {
    id,
    commands: [kubectl(namespace, 'patch', 'service', service, '--type=merge', '-p', JSON.stringify(body))],
    patch: {
      target: { group: '', version: 'v1', plural: 'services', namespace, name: service },
      type: 'merge-patch+json',
      body,
    },
  };
}
