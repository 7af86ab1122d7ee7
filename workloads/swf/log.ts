import type { JobAsks } from "../asks";
import type { SwfHeader } from "./header";
import type { SwfRecord } from "./record";

/** A job of a log; one in the Standard Workload Format has nothing beyond its fields. */
export type LogJob = SwfRecord & { readonly asks?: JobAsks };

/** A log of which jobs are taken: one that is being read, or one that was made here. */
export interface JobLog {
  /** What an error calls it. */
  readonly name: string;
  readonly header: SwfHeader;
  /** Jobs so far. */
  readonly jobs: number;
  /** Lines of jobs and of their partial executions so far. */
  readonly records: number;
  /**
   * Rows that a strict reading refuses, by what is wrong with them. Known after the last batch; a log that
   * was made here has none.
   */
  readonly badRows?: ReadonlyMap<string, number>;
  /** SHA-256 in hex of its bytes; known after the last batch. */
  readonly hash: string;
  /** Every job once. */
  batches(): AsyncIterable<LogJob[]> | Iterable<LogJob[]>;
}
