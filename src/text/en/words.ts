/** `a, b and c`; of many, the first five and how many more. */
export function listed(items: readonly string[], most = 5): string {
  const shown = items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : [...items];
  const last = shown.pop() ?? '';
  return shown.length > 0 ? `${shown.join(', ')} and ${last}` : last;
}

export const orNone = (items: readonly string[]): string => (items.length > 0 ? listed(items) : 'none');

/** `1 pod`, `2 pods`. */
export const count = (number: number, noun: string, plural = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : plural}`;
