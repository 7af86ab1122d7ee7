import { type SwfRecord, size } from "../../workloads/swf/record";
import type { SimJob } from "./job";

/** The trace's jobs that can be simulated, and how many were skipped for which reason. */
export interface SelectedJobs {
  readonly jobs: readonly SimJob[];
  readonly skipped: ReadonlyMap<string, number>;
}

/**
 * Collects the first `limit` jobs with run > 0 and 0 < size ≤ procs. Size: allocated, else requested
 * processors. Estimate: requested time, or the run time where that is longer or unknown.
 */
export class JobSelection implements SelectedJobs {
  readonly jobs: SimJob[] = [];
  readonly skipped = new Map<string, number>();

  constructor(
    private readonly procs: number,
    private readonly limit = Number.POSITIVE_INFINITY,
  ) {}

  get full(): boolean {
    return this.jobs.length >= this.limit;
  }

  add(record: SwfRecord): void {
    const cores = size(record);
    if (record.run < 0) this.skip("unknown run time");
    else if (record.run === 0) this.skip("run time of 0");
    else if (cores === null) this.skip("unknown size");
    else if (cores > this.procs) this.skip("larger than the machine");
    else {
      const { job, submit, run, estimate } = record;
      this.jobs.push({ job, submit, size: cores, run, estimate: Math.max(estimate, run) });
    }
  }

  private skip(reason: string): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }
}
