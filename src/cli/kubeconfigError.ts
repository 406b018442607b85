import type { KubeconfigProblem } from '../cluster/kubeconfig.ts';
import { UsageError } from './usage.ts';

const MOST_NAMED = 10;
const ANOTHER = 'Name another one with --kubeconfig FILE, or in KUBECONFIG.';

/** One message for what is wrong with the kubeconfig, and what to do next. */
export function kubeconfigError(problem: KubeconfigProblem): UsageError {
  switch (problem.kind) {
    case 'missing-file':
      return new UsageError(`The kubeconfig ${problem.file} does not exist`, ANOTHER);
    case 'unreadable': {
      const { file, field, code } = problem;
      const what = field === undefined ? `The kubeconfig ${file}` : `${file}, named by ${field} of the kubeconfig,`;
      return new UsageError(`${what} cannot be read: ${READING[code] ?? code}`, ANOTHER);
    }
    case 'invalid': {
      const line = problem.line === undefined ? '' : `, line ${problem.line}`;
      return new UsageError(
        `The kubeconfig ${problem.file} is broken${line}: ${problem.reason}`,
        `Mend it. ${ANOTHER}`,
      );
    }
    case 'empty':
      return new UsageError(`The kubeconfig ${problem.file} is empty`, ANOTHER);
    case 'no-config':
      return new UsageError(`There is no kubeconfig (looked for ${problem.files.join(', ')})`, ANOTHER);
    case 'no-current-context':
      return new UsageError('The kubeconfig names no current context', ...contexts(problem.contexts));
    case 'no-such-context':
      return new UsageError(`There is no context ${problem.context} in the kubeconfig`, ...contexts(problem.contexts));
    case 'no-such-cluster': {
      const cluster = problem.cluster === '' ? 'no cluster' : `the cluster ${problem.cluster}, which is not there`;
      return new UsageError(`The context ${problem.context} names ${cluster}`, ...contexts(problem.contexts));
    }
    case 'no-such-user':
      return new UsageError(
        `The context ${problem.context} names the user ${problem.user}, which is not there`,
        ...contexts(problem.contexts),
      );
  }
}

/** Node's codes of files that cannot be read, in words. */
const READING: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ENOENT: 'it does not exist',
  ENOTDIR: 'its folder is a file',
};

function contexts(names: readonly string[]): string[] {
  if (names.length === 0) return [`It has none. ${ANOTHER}`];
  const more = names.length > MOST_NAMED ? ', ... (kubectl config get-contexts)' : '';
  return [`Choose one with --context: ${names.slice(0, MOST_NAMED).join(', ')}${more}`];
}
