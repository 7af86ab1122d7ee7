/** A job waits until the jobs with these numbers have ended: `afterok` well, `afterany` in any way. */
export interface Dependency {
  readonly type: "afterok" | "afterany";
  /** Job numbers of the log. */
  readonly jobs: readonly number[];
}

/** The place of a job in an array of jobs that were submitted together. */
export interface ArrayPlace {
  /** Tells the arrays of a log apart. */
  readonly array: number;
  readonly task: number;
  /** How many tasks of the array may run at once. */
  readonly limit?: number;
}

/**
 * What a log says of a job beyond the 18 fields of the Standard Workload Format. A field that is absent is
 * unknown, or was not asked for.
 */
export interface JobAsks {
  /**
   * The log's own number of the job; null where it has none and other jobs of the log have one. Absent where no id of
   * the log is a number.
   */
  readonly id?: number | null;
  /** For the whole job. */
  readonly memoryMiB?: number;
  /** For the whole job. */
  readonly gpus?: number;
  readonly gpuType?: string;
  readonly nodes?: number;
  readonly coresPerNode?: number;
  readonly constraint?: string;
  /** Names as in the log; the fields of the standard hold numbers for them. */
  readonly user?: string;
  readonly group?: string;
  readonly partition?: string;
  readonly qos?: string;
  readonly account?: string;
  readonly name?: string;
  /** Seconds of the log, as its submit times. */
  readonly eligible?: number;
  readonly dependencies?: readonly Dependency[];
  readonly array?: ArrayPlace;
  /** As the log's scheduler counted it: higher goes first. */
  readonly priority?: number;
}

/** A job with a new time of submission, from which it is as long as before until it is eligible. */
export function resubmitted<Job extends { readonly submit: number; readonly asks?: JobAsks }>(
  job: Job,
  submit: number,
): Job {
  const eligible = job.asks?.eligible;
  if (eligible === undefined) return { ...job, submit };
  return { ...job, submit, asks: { ...job.asks, eligible: eligible + submit - job.submit } };
}

/**
 * The number by which a log knows a job, also in the store; its place in the order of submission where the log has
 * no numbers. Null: none.
 */
export function numberInLog(job: { readonly job: number; readonly asks?: JobAsks }): number | null {
  if (job.asks?.id !== undefined) return job.asks.id;
  return job.job < 0 ? null : job.job;
}
