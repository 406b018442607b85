import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { load as parseYaml, YAMLException } from 'js-yaml';
import { isMap, type KubeconfigFile, kubeconfigEntries, text } from './kubeconfigEntries.ts';

export type FileReading = { ok: true; value: KubeconfigFile | 'empty' } | { ok: false; problem: FileProblem };

export type FileProblem =
  | { kind: 'missing-file'; file: string }
  /** `code` is Node's. `field`: the kubeconfig's key that names the file, when it is not a kubeconfig itself. */
  | { kind: 'unreadable'; file: string; code: string; field?: string }
  /** `reason`: a few words, free of the file's content. `line` counts from 1. */
  | { kind: 'invalid'; file: string; reason: string; line?: number };

const invalid = (file: string, reason: string, line?: number): FileReading => ({
  ok: false,
  problem: { kind: 'invalid', file, reason, ...(line !== undefined && { line }) },
});

function parsed(file: string, content: string): FileReading {
  let value: unknown;
  try {
    value = parseYaml(content);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // The rest of YAML's message quotes the file, tokens and all.
    return invalid(file, `not YAML: ${error.reason.replace(/\s*["'<(].*$/s, '')}`, (error.mark?.line ?? 0) + 1);
  }
  if (value === undefined || value === null) return { ok: true, value: 'empty' };
  if (!isMap(value)) return invalid(file, 'not a kubeconfig');
  const kind = text(value.kind);
  if (kind !== '' && kind !== 'Config') return invalid(file, `a ${kind}, not a kubeconfig`);
  const broken = ['clusters', 'users', 'contexts'].find(
    (field) => value[field] != null && !Array.isArray(value[field]),
  );
  return broken
    ? invalid(file, `${broken} is not a list`)
    : { ok: true, value: kubeconfigEntries(value, path.dirname(file)) };
}

/** Reads one kubeconfig. Names are kept as they stand; relative paths in it become absolute. */
export async function readKubeconfigFile(file: string): Promise<FileReading> {
  const absolute = path.resolve(file);
  try {
    return parsed(absolute, await readFile(absolute, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const problem = code === 'ENOENT' ? ({ kind: 'missing-file' } as const) : ({ kind: 'unreadable', code } as const);
    return { ok: false, problem: { ...problem, file: absolute } };
  }
}
