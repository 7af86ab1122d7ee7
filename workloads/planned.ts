import type { Reporter } from "../base/reporter";
import type { WorkloadJob } from "./job";
import type { Task } from "./task";

export interface PlannedWorkload {
  /** In order of submission. */
  readonly jobs: readonly WorkloadJob[];
  /** What each of the jobs does, in the same order. */
  readonly tasks: readonly Task[];
  /** The trace they come from, with the sha256 of its bytes. */
  readonly trace: { readonly name: string; readonly hash: string } | null;
  /** What a person should know, such as jobs that were skipped. */
  readonly notes: readonly string[];
}

export interface WorkloadOptions {
  /** Where relative file names start. */
  readonly directory: string;
  readonly report?: Reporter | undefined;
}
