import type { AccountedJob } from "../schedulers/adapter";

export interface Doubled {
  readonly job: number;
  /** The scheduler's job that stays. */
  readonly kept: string;
  /** Those that have not started. */
  readonly surplus: readonly AccountedJob[];
}

/**
 * Planned jobs for which the scheduler has a job to spare that has not started. The one that started or
 * was submitted first stays.
 */
export function groupDoubles(jobs: readonly AccountedJob[]): Doubled[] {
  const groups = new Map<number, AccountedJob[]>();
  for (const job of jobs) groups.set(job.job, [...(groups.get(job.job) ?? []), job]);
  return [...groups].flatMap(([job, group]) => {
    const [kept, ...others] = group.toSorted(byPrecedence);
    const surplus = others.filter(({ waiting }) => waiting);
    if (kept === undefined || surplus.length === 0) return [];
    return [{ job, kept: kept.schedulerJob, surplus }];
  });
}

function byPrecedence(a: AccountedJob, b: AccountedJob): number {
  const waits = Number(a.waiting) - Number(b.waiting);
  const never = Number.POSITIVE_INFINITY;
  const start = compare(a.startAt ?? never, b.startAt ?? never);
  const submit = compare(a.submitAt ?? never, b.submitAt ?? never);
  return waits || start || submit || compare(a.submission, b.submission);
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : Number(a > b);
}
