import type { HandleNode } from "../../infra/handle";
import type { SchedulerKind } from "../../infra/spec/scheduler";
import type { Executor } from "../remote/executor";
import type { EventRecord, JobState } from "../store/record";
import type { WorkloadJob } from "../workloads/job";
import type { JobBody } from "./wrapper";

/** The part of the handle an adapter works with. */
export interface LiveCluster {
  readonly name: string;
  /** The controller first. */
  readonly nodes: readonly HandleNode[];
  readonly partitions: readonly { readonly name: string; readonly nodes: readonly string[] }[];
}

export interface AdapterContext {
  readonly executor: Executor;
  readonly cluster: LiveCluster;
  readonly runId: string;
  /** Directory of this run on every node; holds the wrapper. */
  readonly nodeDirectory: string;
}

/** How a scheduler's own records tell the time. */
export interface Capabilities {
  /** How fine each moment in the scheduler's own records is; absent: not recorded. */
  readonly resolutionMs: Partial<Record<SchedulerMoment["event"], number>>;
  /** Moments arrive while the job lives (true), or only with its final record. */
  readonly liveMoments: boolean;
  /** Time limits are rounded up to a multiple of this. */
  readonly limitResolutionSeconds: number;
}

export interface JobRequest {
  readonly job: WorkloadJob;
  readonly body: JobBody;
}

/** What the submit call answered, in milliseconds on the controller's clock. */
export interface SubmitAnswer {
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly schedulerJob: string | null;
  /** The scheduler's words when it refused. Exactly one of the two is set. */
  readonly error: string | null;
  /**
   * The scheduler did not answer in its own name (it was restarting, or a call timed out): the job
   * may have been accepted or not, and trying again makes sense.
   */
  readonly uncertain: boolean;
}

/** A moment of one job from the scheduler's records; milliseconds, the scheduler's clock. */
export interface SchedulerMoment {
  readonly job: number;
  readonly event: Extract<EventRecord["event"], "submit" | "eligible" | "start" | "end">;
  readonly at: number;
}

/** The scheduler's final word on one job. */
export interface JobOutcome {
  readonly job: number;
  readonly schedulerJob: string;
  readonly state: Extract<
    JobState,
    "completed" | "failed" | "timeout" | "cancelled" | "preempted" | "node-failed" | "out-of-memory"
  >;
  /** The scheduler's own word for the state. */
  readonly detail: string;
  readonly exitCode: number | null;
  readonly nodes: readonly string[];
  readonly allocatedCores: number | null;
}

export interface Observer {
  moment(moment: SchedulerMoment): void;
  /** Called once a job, when it will not run again. */
  outcome(outcome: JobOutcome): void;
  /** Something odd that the run survives, such as a stream taken up again. */
  warning(message: string): void;
  /** The records cannot be read any more. */
  failure(error: Error): void;
}

/** A job in the scheduler's queue, waiting or running, whoever submitted it. */
export interface QueuedJob {
  readonly schedulerJob: string;
  readonly user: string;
  /** Run and number of the job when it is one of ours, of whichever run. */
  readonly run: string | null;
  readonly job: number | null;
  readonly state: string;
}

/** What one of the scheduler's daemons has used. */
export interface DaemonCost {
  readonly node: string;
  readonly daemon: string;
  /** User and system time since the daemon started; 10 ms steps. */
  readonly cpuSeconds: number;
  /** Highest resident size since `resetPeak`, else since the daemon started. */
  readonly peakMemoryBytes: number;
}

export interface Submission {
  /**
   * Hands a job over at once and settles with the scheduler's answer; calls may overlap, and keep
   * their order per user as far as the scheduler's client does.
   * @throws RemoteError when the submission path is gone for good: whether the job was accepted is
   * then unknown.
   */
  submit(request: JobRequest): Promise<SubmitAnswer>;
  close(): void;
}

/** One scheduler on a live cluster. Every method throws RemoteError when a node is out of reach. */
export interface SchedulerAdapter {
  readonly kind: SchedulerKind;
  readonly capabilities: Capabilities;
  /** Checks that the scheduler is up with all nodes. @throws ClusterNotReady. */
  prepare(): Promise<{ readonly version: string }>;
  /** Follows this run's records from now on. */
  watch(observer: Observer): Promise<{ close(): void }>;
  /** Opens the submission path for these Unix users. */
  openSubmission(users: readonly string[]): Promise<Submission>;
  queue(): Promise<QueuedJob[]>;
  /** Returns when the scheduler has taken note, not when the jobs are gone. */
  cancel(schedulerJobs: readonly string[]): Promise<void>;
  daemons(options?: { readonly resetPeak?: boolean }): Promise<DaemonCost[]>;
}
