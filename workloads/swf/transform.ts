import type { SwfBatch } from "./batch";
import { headerNumber, machineOf, type SwfHeader } from "./header";
import { NumberSet } from "./number-set";
import type { SwfRecord } from "./record";

/** What to do with a log, in this order; what is left out stays as it is. */
export interface Transform {
  /** Submit times of the jobs to keep: from ≤ submit < until, counted from the log's own start. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Keep the first jobs. */
  readonly first?: number | undefined;
  /** Multiplies all times. */
  readonly time?: number | undefined;
  /** Multiplies the load: divides the gaps between submissions. Recorded waits become unknown. */
  readonly load?: number | undefined;
  /** Scales the sizes to a machine with this number of processors. Recorded waits become unknown. */
  readonly procs?: number | undefined;
  /** In order of appearance, the users are numbered 1 to this number in turn. */
  readonly users?: number | undefined;
}

/** A log that is being read: what is known of it so far. */
export interface ReadSoFar {
  readonly header: SwfHeader;
  readonly timeDecimals: number;
}

/** A CPU time is not an instant; with this many decimals it keeps its meaning on any scale. */
const cpuDecimals = 9;
/** Decimals of a time, beyond which a double has no room beside the seconds of a year. */
const mostDecimals = 7;

/**
 * Transforms a log batch by batch; memory holds the users and, as bits, the numbers of the jobs that
 * were kept. Under `load` and `procs` the recorded schedule no longer holds: a job that was preempted
 * then becomes one line without its executions.
 */
export class Transformation {
  /** Jobs and lines that were kept. */
  jobs = 0;
  records = 0;
  private readonly kept = new NumberSet();
  private readonly users = new Map<number, number>();
  /** The finest resolution of the log's times so far. */
  private decimals = 0;
  /** A log numbered from 0 is renumbered from 1, as the standard demands. */
  private shift: number | undefined;
  private machine: number | undefined;
  private origin: number | undefined;
  /** A job that is written only as its executions has begun; the first of them comes next. */
  private begun = false;
  private lastRead = 0;
  private lastWritten = 0;

  constructor(
    private readonly transform: Transform,
    private readonly log: ReadSoFar,
  ) {}

  /** Throws RangeError when the sizes are to be scaled and the machine's size is not known. */
  batch(batch: SwfBatch): SwfRecord[] {
    this.decimals = Math.min(this.log.timeDecimals, mostDecimals);
    const result: SwfRecord[] = [];
    for (const { kind, record } of batch.all()) {
      if (!(kind === "part" ? this.keepsPart(record) : this.keepsJob(record))) continue;
      const first = kind !== "part" || this.begun;
      this.begun = kind === "made" && !this.unscheduled;
      if (!this.begun) result.push(this.change(record, first));
    }
    this.records += result.length;
    return result;
  }

  /** The header of the transformed log: counts, machine and start as they are now, and what was done. */
  header(): SwfHeader {
    const { from, procs } = this.transform;
    const header = new Map([...this.log.header].map(([label, values]) => [label, [...values]]));
    header.set("MaxJobs", [String(this.jobs)]);
    if (header.has("MaxRecords")) header.set("MaxRecords", [String(this.records)]);
    if (procs !== undefined) {
      header.set("MaxProcs", [String(procs)]);
      header.delete("MaxNodes");
    }
    if (this.unscheduled && header.has("Preemption")) header.set("Preemption", ["No"]);
    this.describeTimes(header, from ?? 0);
    const steps = Object.entries(this.transform).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} ${value}`],
    );
    if (this.shift === 1) steps.push("job numbers from 1 instead of 0");
    if (steps.length > 0) {
      const note = `transformed by schedlab: ${steps.join(", ")}`;
      header.set("Note", [...(header.get("Note") ?? []), note]);
    }
    return header;
  }

  private describeTimes(header: Map<string, string[]>, from: number): void {
    const { until, first, time, load } = this.transform;
    const start = headerNumber(header, "UnixStartTime");
    if (from > 0 && start !== null && start > 0) {
      header.set("UnixStartTime", [String(start + from)]);
      header.delete("StartTime");
    }
    if ([until, first, time, load].some((value) => value !== undefined) || from > 0) {
      header.delete("EndTime");
    }
    const longest = headerNumber(header, "MaxRuntime");
    if (time === undefined || longest === null) return;
    header.set("MaxRuntime", [String(Math.max(1, Math.round(longest * time)))]);
  }

  private get unscheduled(): boolean {
    return this.transform.load !== undefined || this.transform.procs !== undefined;
  }

  private keepsJob({ job, submit }: SwfRecord): boolean {
    const { from = 0, until = Number.POSITIVE_INFINITY, first } = this.transform;
    if (submit < from || submit >= until) return false;
    if (first !== undefined && this.jobs >= first) return false;
    this.jobs += 1;
    if (job >= 0) this.kept.add(job);
    return true;
  }

  private keepsPart({ job }: SwfRecord): boolean {
    return !this.unscheduled && this.kept.has(job);
  }

  /** `first`: of the job's lines. */
  private change(record: SwfRecord, first: boolean): SwfRecord {
    const { from = 0, time, load, procs, users } = this.transform;
    let changed: SwfRecord = { ...record };
    if (from > 0 && record.submit >= 0) changed.submit = this.round(record.submit - from);
    if (record.preceding > 0 && !this.kept.has(record.preceding)) {
      changed = { ...changed, preceding: -1, think: -1 };
    }
    if (time !== undefined) changed = this.scaleTime(changed, time);
    if (load !== undefined) changed = this.scaleLoad(changed, load);
    if (procs !== undefined) changed = this.scaleSize(changed, procs);
    if (users !== undefined) changed = this.mapUser(changed, users);
    if (first) changed.submit = this.inOrder(record.submit, changed.submit);
    return this.renumbered(changed);
  }

  private renumbered(record: SwfRecord): SwfRecord {
    this.shift ??= record.job === 0 ? 1 : 0;
    const { job, preceding } = record;
    if (this.shift === 0 || job < 0) return record;
    const renumber = (number: number) => (number < 0 ? number : number + 1);
    return { ...record, job: job + 1, preceding: renumber(preceding) };
  }

  /**
   * Times that were in order stay in order, even where a later one has decimals that an earlier one
   * lacks.
   */
  private inOrder(read: number, written: number): number {
    const submit = read >= this.lastRead ? Math.max(written, this.lastWritten) : written;
    this.lastRead = Math.max(read, this.lastRead);
    this.lastWritten = Math.max(submit, this.lastWritten);
    return submit;
  }

  /** All times multiplied by `factor`, with the log's resolution; a run time above 0 stays above 0. */
  private scaleTime(record: SwfRecord, factor: number): SwfRecord {
    const least = 10 ** -this.decimals;
    const scale = (seconds: number) => (seconds < 0 ? seconds : this.round(seconds * factor));
    const scaleRun = (seconds: number) => (seconds > 0 ? Math.max(least, scale(seconds)) : seconds);
    return {
      ...record,
      submit: scale(record.submit),
      wait: scale(record.wait),
      run: scaleRun(record.run),
      cpu: record.cpu < 0 ? record.cpu : rounded(record.cpu * factor, cpuDecimals),
      estimate: scaleRun(record.estimate),
      think: scale(record.think),
    };
  }

  /** The load times `factor`, by gaps between submissions that are shorter by as much. */
  private scaleLoad(record: SwfRecord, factor: number): SwfRecord {
    this.origin ??= record.submit;
    const gap = (record.submit - this.origin) / factor;
    return { ...record, submit: Math.max(0, this.round(this.origin + gap)), wait: -1 };
  }

  /** Sizes on a machine of `to` processors: rounded, at least 1, at most `to`. */
  private scaleSize(record: SwfRecord, to: number): SwfRecord {
    this.machine ??= machineOf(this.log.header)?.procs;
    const { machine } = this;
    if (machine === undefined) throw new RangeError("the header has neither MaxProcs nor MaxNodes");
    const scale = (size: number) =>
      size <= 0 ? size : Math.min(to, Math.max(1, Math.round((size * to) / machine)));
    return {
      ...record,
      wait: -1,
      allocated: scale(record.allocated),
      requested: scale(record.requested),
    };
  }

  /** Users as 1 to `count`, in turns by order of appearance; unknown ones stay unknown. */
  private mapUser(record: SwfRecord, count: number): SwfRecord {
    if (record.user < 0) return record;
    const user = this.users.get(record.user) ?? (this.users.size % count) + 1;
    this.users.set(record.user, user);
    return { ...record, user };
  }

  private round(seconds: number): number {
    return rounded(seconds, this.decimals);
  }
}

function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
