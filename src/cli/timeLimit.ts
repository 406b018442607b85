/** A signal that fires when one of the others does, or when the time is up. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  clear(): void;
}

/** `seconds` absent: no limit but the signal. Not AbortSignal.any: Node 20 may collect such a pair before it fires. */
export function timeLimit(signal: AbortSignal, seconds: number | undefined): TimeLimit {
  const controller = new AbortController();
  const pass = () => controller.abort(signal.reason);
  if (signal.aborted) pass();
  else signal.addEventListener('abort', pass, { once: true });
  const up = () => controller.abort(new DOMException('The time of --timeout is up', 'TimeoutError'));
  const timer = seconds === undefined ? undefined : setTimeout(up, seconds * 1000);
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', pass);
    },
  };
}
