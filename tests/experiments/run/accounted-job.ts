import type { AccountedJob } from "../../../experiments/schedulers/adapter";

/** A job that the scheduler has in its queue. */
export function accountedJob(change: Partial<AccountedJob> = {}): AccountedJob {
  return {
    job: 1,
    schedulerJob: "100",
    submission: "1-1",
    state: "PENDING",
    waiting: true,
    submitAt: 1000,
    startAt: null,
    endAt: null,
    ...change,
  };
}
