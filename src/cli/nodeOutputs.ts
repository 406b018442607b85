import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { SECTION } from '../model/nodeShell.ts';
import type { Consent } from '../model/target.ts';
import { parseNodeOutput } from '../parse/nodeOutput.ts';
import type { InvestigateOptions } from './options.ts';
import { UsageError } from './usage.ts';

/** Rules of thousands of Services are megabytes; what is larger was not printed by our command. */
const LARGEST = 128 << 20;

/** A file whose name is told with the node that it is of: `node1=rules.txt`. */
const OF_NODE = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)=(.+)$/;

/** The texts of the files that --node-output names, each with the name of its node. @throws UsageError */
export const readNodeOutputs = (files: readonly string[]): Promise<string[]> => Promise.all(files.map(readOne));

async function readOne(argument: string): Promise<string> {
  const [, named, rest] = OF_NODE.exec(argument) ?? [];
  const file = rest ?? argument;
  const refused = (why: string, hint = 'It is a file with what a node printed.') =>
    new UsageError(`--node-output ${argument}: ${why}`, hint);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw refused(error.code ?? error.message);
  });
  if (text.length > LARGEST) throw refused('too large');
  const { node, printed } = parseNodeOutput(text);
  if (Object.keys(printed).length === 0) throw refused('nothing in it that a node printed');
  if (node !== undefined && named !== undefined && node !== named) throw refused(`it is of node ${node}`);
  if (node !== undefined) return text;
  if (named === undefined)
    throw refused('it does not say which node it is of', `Say so: --node-output NODE=${basename(file)}`);
  return `${SECTION}node ${named}\n${text}`;
}

/** What --node-checks consents to. Without it nothing is done on nodes until the question is answered. */
export function nodeConsent({ nodeChecks, probe }: InvestigateOptions): Omit<Consent, 'probe'> {
  const may = probe === 'auto' && (nodeChecks === 'yes' || nodeChecks === 'all');
  return { nodeChecks: may, nodeShell: may, everyNode: may && nodeChecks === 'all' };
}
