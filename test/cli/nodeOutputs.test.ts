import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readNodeOutputs } from '../../src/cli/nodeOutputs.ts';
import { parseNodeOutput } from '../../src/parse/nodeOutput.ts';

const RULES = '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n';
const directory = mkdtempSync(join(tmpdir(), 'svc-debug-'));
afterAll(() => rmSync(directory, { recursive: true }));

const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const named = file('named.txt', `## node node1\n## iptables-save\n${RULES}`);
const bare = file('bare.txt', RULES);
const empty = file('empty.txt', 'bash: iptables-save: command not found\n');

describe('a file of --node-output', () => {
  it.each([
    ['names its node', named],
    ['is named by the user', `node1=${bare}`],
    ['is named twice alike', `node1=${named}`],
  ])('%s', async (_, argument) => {
    const [text = ''] = await readNodeOutputs([argument]);
    expect(parseNodeOutput(text)).toEqual({ node: 'node1', printed: { iptables: RULES } });
  });
  it.each([
    ['of no node', bare, /which node.*NODE=bare\.txt/s],
    ['of another node', `node2=${named}`, /of node node1/],
    ['with nothing in it', `node1=${empty}`, /nothing in it/],
    ['that is not there', join(directory, 'none.txt'), /ENOENT/],
  ])('is refused: %s', async (_, argument, words) => {
    const error = await readNodeOutputs([argument]).catch((thrown: Error & { lines?: string[] }) => thrown);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).toMatch(words);
  });
});
