import { listedPartitions } from "../../spec/partitions";
import type { Task } from "../../workloads/task";
import { placementNotation } from "../schedulers/registry";
import type { JobBody } from "../schedulers/wrapper";
import { warmUpBody } from "./body";
import { JobBook } from "./book";
import type { RunContext } from "./run-context";
import { warmUpJobs } from "./warm-up";

/** What is known of a run's jobs, and of the trivial ones before them, of which nothing is kept. */
export interface RunBooks {
  readonly book: JobBook;
  readonly warm: JobBook;
  readonly warmBody: JobBody;
  /** By number of the job. */
  readonly tasks: ReadonlyMap<number, Task>;
}

/** The books of a run before its first job. The warm-up's jobs have numbers above those of the workload. */
export function booksOf({ handle, prepared, directory }: RunContext): RunBooks {
  const { jobs, tasks } = prepared.workload;
  const taskOf = new Map(
    jobs.flatMap(({ id }, index) => {
      const task = tasks[index];
      return task === undefined ? [] : [[id, task] as const];
    }),
  );
  const { resolutionMs, liveMoments, wraps } = prepared.adapter.capabilities;
  const placement = placementNotation(handle.spec.scheduler.kind);
  const conventions = { resolutionMs, liveMoments, placement };
  const wrapped = (kind: string | undefined) => wraps && kind !== "hold";
  const byTask = (job: number) => wrapped(taskOf.get(job)?.kind);
  const user = jobs[0]?.user ?? "user01";
  const firstId = Math.max(0, ...jobs.map((job) => job.id)) + 1;
  const warmBody = warmUpBody(tasks);
  const warmWraps = () => wrapped(warmBody.kind);
  const ofSite = listedPartitions(handle.spec.topology) !== undefined;
  const nowhere = { job: () => {}, event: () => {} };
  return {
    tasks: taskOf,
    book: new JobBook(jobs, { ...conventions, wraps: byTask }, directory),
    warmBody,
    warm: new JobBook(
      warmUpJobs({ partitions: handle.cluster.partitions, ofSite }, user, firstId),
      { ...conventions, wraps: warmWraps },
      nowhere,
    ),
  };
}
