import type { Resample } from "../../spec/resample";
import { resampledRecords } from "../../workloads/resample/log";
import type { LogJob } from "../../workloads/swf/log";
import { type SwfRecord, size } from "../../workloads/swf/record";
import { unusable } from "../../workloads/usable";
import type { SimJob } from "./job";

/** The trace's jobs that can be simulated, and how many were skipped for which reason. */
export interface SelectedJobs {
  readonly jobs: readonly SimJob[];
  readonly skipped: ReadonlyMap<string, number>;
}

/**
 * Collects the first `limit` jobs with run > 0 and 0 < size ≤ procs. Size: allocated, else requested
 * processors. Estimate: requested time, or the run time where that is longer or unknown. Resampled by
 * users, they are the first of the resample of all jobs; shaken, they are the same jobs at other times.
 * Both are drawn when the log has ended.
 */
export class JobSelection implements SelectedJobs {
  readonly skipped = new Map<string, number>();
  jobs: SimJob[] = [];
  /** Jobs that wait for others in the log, which is not simulated. */
  private waiting = 0;
  /** What the resample is made from. */
  private readonly records: SwfRecord[] = [];

  constructor(
    private readonly procs: number,
    private readonly limit = Number.POSITIVE_INFINITY,
    private readonly resample?: Resample | undefined,
  ) {}

  get full(): boolean {
    return this.jobs.length >= this.limit;
  }

  add(record: LogJob): void {
    if (this.resample?.method === "users" && unusable(record) === null) this.records.push(record);
    else if (this.select(record) && this.resample !== undefined) this.records.push(record);
  }

  /** The log has ended. */
  end(): void {
    if (this.resample === undefined) return;
    this.jobs = [];
    this.waiting = 0;
    const atLeast = Number.isFinite(this.limit) ? this.limit : 0;
    for (const record of resampledRecords(this.records, this.resample, atLeast)) {
      if (this.full) break;
      this.select(record);
    }
  }

  /** What is left out of the jobs that were taken, and of how many. */
  get oddities(): [string, number][] {
    return this.waiting === 0
      ? []
      : [["waits for other jobs, which is not simulated", this.waiting]];
  }

  /** Whether the record was taken. */
  private select(record: LogJob): boolean {
    const cores = size(record);
    if (record.run < 0) return this.skip("unknown run time");
    if (record.run === 0) return this.skip("run time of 0");
    if (cores === null) return this.skip("unknown size");
    if (cores > this.procs) return this.skip("larger than the machine");
    const { job, submit, run, estimate, asks } = record;
    if (asks?.dependencies !== undefined || asks?.array?.limit !== undefined) this.waiting += 1;
    this.jobs.push({ job, submit, size: cores, run, estimate: Math.max(estimate, run) });
    return true;
  }

  private skip(reason: string): false {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
    return false;
  }
}
