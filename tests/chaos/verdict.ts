import type { JobState } from "../../store/record";

/** What the store says of one planned job. */
export interface StoredJob {
  readonly job: number;
  readonly schedulerJob: string | null;
  readonly state: JobState;
  /** Submit, start and end are all known. */
  readonly timed: boolean;
}

/** One job of the run in the scheduler's own accounting, read without schedlab's adapter. */
export interface AccountedJob {
  readonly job: number;
  readonly schedulerJob: string;
  /** It was given nodes at all. */
  readonly started: boolean;
  /** When it ended, in milliseconds since the epoch; null for one that has not. */
  readonly endedAt: number | null;
}

export interface Evidence {
  readonly planned: number;
  readonly status: "completed" | "failed" | "interrupted";
  /** When the harness was killed; null when it ended by itself. */
  readonly killedAt: number | null;
  readonly stored: readonly StoredJob[];
  readonly accounted: readonly AccountedJob[];
}

export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

/** A harness that is killed has no record of what ended in its last moments. */
const LAST_MOMENTS_MS = 5_000;

/** States of a job whose end the store does not know. */
const open: ReadonlySet<JobState> = new Set(["planned", "submitted", "running", "lost"]);

/**
 * Compares a run's records with the scheduler's own accounting. Lost is a job that the scheduler had
 * and the store does not know to its end, or, in a run that completed, a planned job that never
 * reached the scheduler. Doubled is a planned job that the scheduler had more than once.
 */
export function judge(evidence: Evidence): Verdict {
  const { planned, status, killedAt, stored } = evidence;
  // Numbers behind the workload's are those of warm-up jobs, which no run keeps.
  const accounted = evidence.accounted.filter(({ job }) => job <= planned);
  const lost: string[] = [];
  const doubled: string[] = [];
  const records = new Map(stored.map((record) => [record.job, record]));
  const known = new Map<number, Set<string>>();
  for (const { job, schedulerJob } of accounted) {
    known.set(job, (known.get(job) ?? new Set()).add(schedulerJob));
  }
  for (const [job, ids] of known) {
    if (ids.size > 1) doubled.push(`job ${job} is ${[...ids].join(" and ")} to the scheduler`);
  }
  const knownBefore = (entry: AccountedJob) =>
    killedAt === null || (entry.endedAt !== null && entry.endedAt < killedAt - LAST_MOMENTS_MS);
  const ended = new Map(accounted.filter(knownBefore).map((entry) => [entry.schedulerJob, entry]));
  for (const entry of ended.values()) {
    const record = records.get(entry.job);
    const where = `job ${entry.job} (${entry.schedulerJob})`;
    if (record === undefined) lost.push(`${where} is not in the store`);
    else if (open.has(record.state)) lost.push(`${where} is ${record.state} in the store`);
    else if (record.state === "completed" && !record.timed) {
      lost.push(`${where} lacks a time and leaves all means`);
    }
  }
  if (status === "completed") {
    for (let job = 1; job <= planned; job++) {
      if (!known.has(job)) lost.push(`job ${job} is not in the scheduler's accounting`);
    }
  }
  return { lost, doubled };
}
