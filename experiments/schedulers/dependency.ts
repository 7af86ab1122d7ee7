/** A job that has to have ended before, well or in any way, by the scheduler's own number of it. */
export interface JobDependency {
  readonly type: "afterok" | "afterany";
  readonly schedulerJob: string;
}
