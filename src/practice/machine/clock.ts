/** What is to happen at a moment, and what it sets off. */
interface Timer {
  at: number;
  ring(): void;
}

/**
 * Time that passes only when nothing else is to be done: it jumps from timer to timer. Whatever is simulated waits for
 * timers and for each other, never for the machine it runs on, so that nothing is left to do when the event loop turns.
 */
export class Clock {
  /** Milliseconds since 1970. */
  now: number;
  #timers: Timer[] = [];

  constructor(now: number) {
    this.now = now;
  }

  /** Calls once, in `milliseconds`. Gives what calls it off. */
  after(milliseconds: number, ring: () => void): () => void {
    const timer = { at: this.now + milliseconds, ring };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(milliseconds, resolve);
    });
  }

  /**
   * Lets everything happen that is due until a moment. `idle` is called whenever nothing is left to do before time goes
   * on; it says whether it has set something off.
   */
  async advance(until: number, idle: () => boolean): Promise<void> {
    for (;;) {
      await turn();
      if (idle()) continue;
      const next = Math.min(...this.#timers.map(({ at }) => at));
      if (next > until) break;
      this.#ring(next);
    }
    this.now = Math.max(this.now, until);
  }

  /** Lets time pass until the promise is settled. With `pause`, only as fast as it resolves. */
  async until<T>(promise: Promise<T>, pause?: (milliseconds: number) => Promise<void>): Promise<T> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    promise.then(settle, settle);
    for (;;) {
      await turn();
      if (settled) return promise;
      const next = Math.min(...this.#timers.map(({ at }) => at));
      // It waits for something outside, such as input that a person types.
      if (next === Number.POSITIVE_INFINITY) await Promise.race([promise.catch(settle), rest()]);
      else {
        await pause?.(next - this.now);
        this.#ring(next);
      }
    }
  }

  #ring(at: number): void {
    this.now = Math.max(this.now, at);
    const due = this.#timers.filter((timer) => timer.at <= at);
    this.#timers = this.#timers.filter((timer) => timer.at > at);
    for (const { ring } of due) ring();
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const rest = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
