import { readFile } from 'node:fs/promises';
import type { Consent } from '../model/target.ts';
import type { InvestigateOptions } from './options.ts';
import { UsageError } from './usage.ts';

/** Rules of thousands of Services are megabytes; what is larger was not printed by our command. */
const LARGEST = 128 << 20;

/** The texts of the files that --node-output names. @throws UsageError */
export const readNodeOutputs = (files: readonly string[]): Promise<string[]> => Promise.all(files.map(readOne));

async function readOne(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--node-output ${file}: ${error.code ?? error.message}`,
      'It is a file with what a node printed.',
    );
  });
  if (text.length > LARGEST)
    throw new UsageError(`--node-output ${file}: too large`, 'It is a file with what a node printed.');
  return text;
}

/** What --node-checks consents to. Without it nothing is done on nodes until the question is answered. */
export function nodeConsent({ nodeChecks, probe }: InvestigateOptions): Omit<Consent, 'probe'> {
  const may = probe === 'auto' && (nodeChecks === 'yes' || nodeChecks === 'all');
  return { nodeChecks: may, nodeShell: may, everyNode: may && nodeChecks === 'all' };
}
