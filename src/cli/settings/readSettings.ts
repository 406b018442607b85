import { UsageError } from '../usage.ts';
import { checkSettings, type Settings } from './schema.ts';

/**
 * The settings that a file has for a context: those for every context, and over them its own.
 * @throws UsageError with file, line and key, and what is allowed there
 */
export async function readSettings(file: string, content: string, context: string): Promise<Settings> {
  const { load, YAMLException } = await import('js-yaml');
  let read: unknown;
  try {
    read = load(content) ?? {};
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? `, line ${error.mark.line + 1}` : '';
    throw new UsageError(`${file}${line}: ${error.reason}`, 'It is a YAML file.');
  }
  const [first] = checkSettings(read, []);
  if (first) {
    const { path, wrong, allowed } = first;
    const key = path.length > 0 ? ` ${path.join('.')}:` : '';
    throw new UsageError(`${file}, line ${lineOf(content, path)}:${key} ${wrong}`, `Allowed: ${allowed}`);
  }
  const { defaults = {}, contexts = {} } = read as { defaults?: Settings; contexts?: Record<string, Settings> };
  return { ...defaults, ...(Object.hasOwn(contexts, context) && contexts[context]) };
}

/** The line, from 1 on, of the key at that path: each key is looked for below the one before it. */
function lineOf(content: string, path: readonly string[]): number {
  const lines = content.split('\n');
  let at = -1;
  let items = 0;
  for (const key of path) {
    const isIndex = /^\d+$/.test(key);
    items = isIndex ? Number(key) : 0;
    const name = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const wanted = isIndex ? /^\s*-/ : new RegExp(`^[\\s-]*["']?${name}["']?\\s*:|[{,]\\s*["']?${name}["']?\\s*:`);
    const from = isIndex ? at + 1 : Math.max(at, 0);
    const found = lines.findIndex((line, i) => i >= from && wanted.test(line) && (!isIndex || items-- === 0));
    if (found >= 0) at = found;
  }
  return Math.max(at, 0) + 1;
}
