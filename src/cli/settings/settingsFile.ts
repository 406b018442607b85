import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../host.ts';
import type { InvestigateOptions } from '../options.ts';
import { UsageError } from '../usage.ts';
import { readSettings } from './readSettings.ts';

/** Names another file; empty: none is read. */
export const SETTINGS_VARIABLE = 'SVC_DEBUG_SETTINGS';

/** Where it is looked for: https://specifications.freedesktop.org/basedir-spec/latest/ */
const usualFile = ({ env, home }: Pick<Host, 'env' | 'home'>): string =>
  path.join(env.XDG_CONFIG_HOME || path.join(home, '.config'), 'svc-debug', 'settings.yaml');

/** The options, with what the settings file has for that context where no flag says otherwise. @throws UsageError */
export async function withSettings(
  host: Pick<Host, 'env' | 'home'>,
  options: InvestigateOptions,
  context: string,
): Promise<InvestigateOptions> {
  const named = host.env[SETTINGS_VARIABLE];
  if (named === '') return options;
  const file = named ?? usualFile(host);
  const content = await contentOf(file, named !== undefined);
  return content === undefined ? options : { ...(await readSettings(file, content, context)), ...options };
}

/** Undefined: there is none, and none was named. */
async function contentOf(file: string, named: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (!named && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    const from = named ? `${SETTINGS_VARIABLE} names it.` : 'It holds the settings of svc-debug.';
    throw new UsageError(`${file} cannot be read: ${code}`, from);
  }
}
