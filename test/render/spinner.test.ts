import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createSpinner } from '../../src/render/spinner.ts';

/** The part of a terminal that a spinner uses. */
function terminal(isTTY: boolean) {
  const written: string[] = [];
  const stream = new PassThrough().on('data', (chunk) => written.push(String(chunk)));
  const moves = { cursorTo: () => true, clearLine: () => true, moveCursor: () => true };
  return {
    stream: Object.assign(stream, moves, { isTTY, columns: 40 }) as unknown as NodeJS.WriteStream,
    text: () => written.join(''),
  };
}

describe('spinner', () => {
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });

  it.each([
    ['a pipe', false, {}],
    ['a dumb terminal', true, { TERM: 'dumb' }],
    ['CI', true, { CI: 'true' }],
  ] as const)('prints nothing to %s', async (_what, isTTY, env) => {
    const { stream, text } = terminal(isTTY);
    const spinner = await createSpinner(stream, env);
    spinner.show('asking');
    spinner.stop();
    expect(text()).toBe('');
  });

  it('shows one clean line on a terminal, and gives the cursor back', async () => {
    const { stream, text } = terminal(true);
    const spinner = await createSpinner(stream, {});
    stops.push(spinner.stop);
    spinner.show(`Pulling\x1b[31m image\n${'x '.repeat(100)}`);
    spinner.stop();
    expect(text()).toContain('Pulling image x x');
    expect(text()).not.toContain('\x1b[31m');
    expect(text().split('\n')).toHaveLength(1);
    expect(text()).toContain('\x1b[?25h');
  });

  it('leaves the keyboard alone, so that Ctrl-C stays a signal', async () => {
    const before = process.stdin.listenerCount('data');
    const spinner = await createSpinner(terminal(true).stream, {});
    stops.push(spinner.stop);
    spinner.show('asking');
    expect(process.stdin.isRaw ?? false).toBe(false);
    expect(process.stdin.listenerCount('data')).toBe(before);
  });
});
