import { type Fact, type Obstacle, unknown } from '../model/fact.ts';

/** The fact, or the obstacle when the signal fires before. */
export function unlessOver<T>(fact: Promise<Fact<T>>, signal: AbortSignal, obstacle: Obstacle): Promise<Fact<T>> {
  if (signal.aborted) return Promise.resolve(unknown(obstacle));
  return new Promise((resolve, reject) => {
    const over = () => resolve(unknown(obstacle));
    signal.addEventListener('abort', over, { once: true });
    fact.then(resolve, reject).finally(() => signal.removeEventListener('abort', over));
  });
}

/** A promise that is kept when somebody says so, once. */
export function later<T>() {
  let resolve: ((value: T | PromiseLike<T>) => void) | undefined;
  const promise = new Promise<T>((keep) => {
    resolve = keep;
  });
  let opened = false;
  return {
    promise,
    /** False when it was said before. */
    open: (value: T) => {
      if (opened) return false;
      opened = true;
      resolve?.(value);
      return true;
    },
  };
}
