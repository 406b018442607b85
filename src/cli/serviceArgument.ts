import { distance } from 'fastest-levenshtein';
import { serviceName } from './names.ts';
import { UsageError } from './usage.ts';

const COMMANDS = ['explain', 'practice', 'cleanup'];
/** Words that no release will take for a Service without `svc/` before it. */
const RESERVED = ['replay', 'help', 'version', 'completion'];
const PREFIX = /^(svc|service|services)\//;

/**
 * The Service that an argument names: NAME, svc/NAME or service/NAME.
 * A mistyped command is not a Service: `explan` is refused, and `svc/explan` is the way to mean it.
 */
export function serviceArgument(text: string): string {
  if (PREFIX.test(text)) return serviceName(text.replace(PREFIX, ''));
  const slash = text.indexOf('/');
  if (slash >= 0) {
    const kind = text.slice(0, slash);
    throw new UsageError(`${text}: a ${JSON.stringify(kind)} is no Service`, 'Name the Service: NAME or svc/NAME.');
  }
  const meant = [...COMMANDS, ...RESERVED].find((command) => isNear(text, command));
  if (meant === undefined) return serviceName(text);
  const hint = COMMANDS.includes(meant) ? [`Did you mean svc-debug ${meant}?`] : [];
  throw new UsageError(`There is no command ${text}`, ...hint, `A Service of that name: svc-debug svc/${text}`);
}

/** One slip for a short word, two for a longer one. */
const isNear = (text: string, command: string) =>
  RESERVED.includes(command) ? text === command : distance(text, command) <= (text.length > 5 ? 2 : 1);
