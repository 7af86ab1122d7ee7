import { monitorEventLoopDelay } from "node:perf_hooks";

const RESOLUTION_MS = 10;

/** How late the harness's own event loop is, while something is timed by it. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  /** @returns the delay in milliseconds that 99 % of the loop's rounds stayed within. */
  stop(): number {
    this.#histogram.disable();
    // The histogram holds the timer's whole interval, not only what it came late.
    return Math.max(0, this.#histogram.percentile(99) / 1e6 - RESOLUTION_MS);
  }
}
