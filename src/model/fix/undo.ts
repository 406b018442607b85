import { type Command, kubectl } from '../command.ts';
import type { Service, ServicePort } from '../kubernetes.ts';

const FIELDS = ['port', 'targetPort', 'name'] as const satisfies readonly (keyof ServicePort)[];

/**
 * The command that gives a Service back its selector and ports. What was changed is tested first, so that it undoes this
 * change and no later one.
 */
export function undoCommand(before: Service, after: Service): Command {
  const { name = '', namespace } = before.metadata ?? {};
  const steps = [...undoSelector(before, after), ...undoPorts(before, after)];
  return kubectl(namespace, 'patch', 'service', name, '--type=json', '-p', JSON.stringify(steps));
}

function undoSelector({ spec: before }: Service, { spec: after }: Service) {
  const [old, now] = [before?.selector, after?.selector];
  if (JSON.stringify(old) === JSON.stringify(now)) return [];
  const path = '/spec/selector';
  const back = old === undefined ? { op: 'remove', path } : { op: 'replace', path, value: old };
  return [{ op: 'test', path, value: now }, back];
}

function undoPorts({ spec: before }: Service, { spec: after }: Service) {
  return (before?.ports ?? []).flatMap((old, i) => {
    const now = after?.ports?.[i];
    return FIELDS.filter((field) => now && old[field] !== now[field]).flatMap((field) => {
      const path = `/spec/ports/${i}/${field}`;
      const back = old[field] === undefined ? { op: 'remove', path } : { op: 'replace', path, value: old[field] };
      return [{ op: 'test', path, value: now?.[field] }, back];
    });
  });
}
