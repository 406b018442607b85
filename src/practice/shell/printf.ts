const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** Backslash escapes of a format; octal as `\012` or `\0012`. */
export const unescaped = (text: string): string =>
  text.replace(/\\(0?[0-7]{1,3}|[ntrabfv\\"])/g, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8) & 0xff) : (ESCAPES[code] ?? code),
  );

/** XCU printf: the format is used again while arguments are left. */
export function printf(format: string, args: readonly string[]): string {
  const rest = [...args];
  let text = '';
  do text += once(format, rest);
  while (rest.length > 0 && /%[^%]/.test(format.replaceAll('%%', '')));
  return text;
}

function once(format: string, rest: string[]): string {
  return format.replace(
    /\\(?:0?[0-7]{1,3}|.)|%%|%([-0 +]*)(\d*)(?:\.(\d+))?([sdiuxXcb])/gs,
    (whole, flags, width, precision, kind) => {
      if (whole === '%%') return '%';
      if (kind === undefined) return unescaped(whole);
      const given = rest.shift() ?? '';
      const cut = precision === undefined ? given : given.slice(0, Number(precision));
      const text =
        {
          s: cut,
          b: unescaped(cut),
          c: given.slice(0, 1),
          x: number(given).toString(16),
          X: number(given).toString(16).toUpperCase(),
        }[kind as string] ?? String(number(given));
      const size = Number(width || 0);
      if (flags?.includes('-')) return text.padEnd(size);
      return text.padStart(size, flags?.includes('0') && kind !== 's' ? '0' : ' ');
    },
  );
}

const number = (text: string): number => Math.trunc(Number(text)) || 0;
