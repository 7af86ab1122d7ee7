/** Ten years. A log's submit times count from its own start; more than this is an epoch time. */
export const tenYears = 10 * 365 * 24 * 3600;

/** Counts what the standard allows in a job and is a trap all the same. */
export class Traps {
  /** Processors of the traced machine, where they are known. */
  processors = Number.POSITIVE_INFINITY;
  private readonly counts = {
    "unknown wait time": 0,
    "unknown run time": 0,
    "run time of 0": 0,
    "run time above requested time": 0,
    "unknown allocated processors": 0,
    "allocated differs from requested processors": 0,
    "more processors than the machine has": 0,
    "unknown user": 0,
    "time of more than ten years": 0,
    "preceding job that is not waited for": 0,
  };

  observe(
    submit: number,
    wait: number,
    run: number,
    allocated: number,
    requested: number,
    estimate: number,
    user: number,
    preceding: number,
  ): void {
    const { counts } = this;
    if (wait < 0) counts["unknown wait time"] += 1;
    if (run < 0) counts["unknown run time"] += 1;
    if (run === 0) counts["run time of 0"] += 1;
    if (estimate >= 0 && run > estimate) counts["run time above requested time"] += 1;
    if (allocated <= 0) counts["unknown allocated processors"] += 1;
    else if (requested > 0 && allocated !== requested) {
      counts["allocated differs from requested processors"] += 1;
    }
    if ((allocated > 0 ? allocated : requested) > this.processors) {
      counts["more processors than the machine has"] += 1;
    }
    if (user < 0) counts["unknown user"] += 1;
    if (preceding > 0) counts["preceding job that is not waited for"] += 1;
    if (wait > tenYears || run > tenYears || estimate > tenYears || submit > tenYears) {
      counts["time of more than ten years"] += 1;
    }
  }

  get found(): [string, number][] {
    return Object.entries(this.counts).filter(([, count]) => count > 0);
  }
}
