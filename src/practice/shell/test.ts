import { absolute } from '../machine/files.ts';
import type { Task } from '../machine/task.ts';

const COMPARE: Record<string, (a: string, b: string) => boolean> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '-eq': (a, b) => Number(a) === Number(b),
  '-ne': (a, b) => Number(a) !== Number(b),
  '-lt': (a, b) => Number(a) < Number(b),
  '-le': (a, b) => Number(a) <= Number(b),
  '-gt': (a, b) => Number(a) > Number(b),
  '-ge': (a, b) => Number(a) >= Number(b),
};

function unary(operator: string, operand: string, { container, directory }: Task): boolean {
  const path = absolute(operand, directory);
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-d':
      return container.files.isDirectory(path);
    case '-f':
      return container.files.read(path) !== undefined;
    case '-s':
      return (container.files.read(path) ?? '') !== '';
    case '-t':
      return false;
    default:
      return container.files.exists(path);
  }
}

/** XCU test: `-o` binds least, then `-a`, then `!`. */
export function holds(words: readonly string[], task: Task): boolean {
  const [first = '', second = '', third = ''] = words;
  if (words.length === 3 && second in COMPARE) return COMPARE[second]!(first, third);
  const or = words.indexOf('-o', 1);
  if (or > 0) return holds(words.slice(0, or), task) || holds(words.slice(or + 1), task);
  const and = words.indexOf('-a', 1);
  if (and > 0) return holds(words.slice(0, and), task) && holds(words.slice(and + 1), task);
  if (first === '!' && words.length > 1) return !holds(words.slice(1), task);
  if (words.length === 2 && /^-[a-zA-Z]$/.test(first)) return unary(first, second, task);
  return words.length > 0 && first !== '';
}
