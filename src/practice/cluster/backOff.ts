/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restarts */
const [FIRST_MS, MOST_MS] = [10_000, 300_000];
/** A container that ran so long is started anew as if it had never ended. */
const FORGIVEN_AFTER_MS = 600_000;

/** How long a container that ended waits for its next start: not at all, then 10 s, and twice as long each time. */
export class BackOff {
  #nextMs = 0;

  /** Of the end of a run that lasted `ranMs`. */
  pauseMs(ranMs: number): number {
    const pause = ranMs >= FORGIVEN_AFTER_MS ? 0 : this.#nextMs;
    this.#nextMs = Math.min(pause === 0 ? FIRST_MS : pause * 2, MOST_MS);
    return pause;
  }
}

/** As the kubelet writes it: `40s`, `2m40s`. */
export const printPause = (ms: number): string =>
  ms >= 60_000 ? `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1000}s` : `${ms / 1000}s`;
