import type { EventRecord, JobRecord } from "../../store/record";
import type { Capabilities, PlacementNotation } from "../schedulers/adapter";

/** Where the book's lines go, each as soon as it is known. */
export interface BookSink {
  job(record: JobRecord): void;
  event(record: EventRecord): void;
}

/** What the scheduler's records, and its job environment, are like. */
export interface RecordConventions {
  readonly resolutionMs: Capabilities["resolutionMs"];
  readonly placement: PlacementNotation;
  /** Whether the scheduler tells of a start as it happens; absent: it does. */
  readonly liveMoments?: boolean;
  /** Whether the job runs the wrapper, by its number; absent: all do. */
  readonly wraps?: (job: number) => boolean;
}

/** The wrapper reads a microsecond clock; the harness's timers have milliseconds. */
export const WRAPPER_RESOLUTION_MS = 0.001;
export const HARNESS_RESOLUTION_MS = 1;
