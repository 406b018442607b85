/** The part of kubectl's JSONPath that scenarios use: `{.a.b}`, `[0]`, `[*]`, `[?(@.key=="value")]`. */
export function jsonPath(object: unknown, template: string): string {
  return template.replace(/\{([^}]*)\}/g, (_, path: string) => valuesAt(object, path).map(printed).join(' '));
}

const printed = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

function valuesAt(object: unknown, path: string): unknown[] {
  const steps = path.match(/\.[\w-]+|\[[^\]]*\]/g) ?? [];
  return steps.reduce<unknown[]>((values, step) => values.flatMap((value) => next(value, step)), [object]);
}

function next(value: unknown, step: string): unknown[] {
  if (step.startsWith('.')) {
    const found = (value as Record<string, unknown> | undefined | null)?.[step.slice(1)];
    return found === undefined || found === null ? [] : [found];
  }
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  const [, key = '', wanted] = /^\[\?\(@\.(\w+)=="(.*)"\)\]$/.exec(step) ?? [];
  if (wanted !== undefined) return list.filter((one) => (one as Record<string, unknown>)[key] === wanted);
  return step === '[*]' ? list : list.slice(Number(step.slice(1, -1)), Number(step.slice(1, -1)) + 1);
}
