import type { HandleNode } from "../../infra/handle";
import type { Elastic } from "../../spec/elastic";
import type { SchedulerNode } from "../../spec/emulated";
import type { SchedulerKind } from "../../spec/scheduler";
import type { EventRecord, JobState } from "../../store/record";
import type { WorkloadJob } from "../../workloads/job";
import type { Executor } from "../remote/executor";
import type { JobDependency } from "./dependency";
import type { Estimate, Internals } from "./foretold";
import type { JobBody } from "./wrapper";

/** The part of the handle an adapter works with. */
export interface LiveCluster {
  readonly name: string;
  /** The domains, the controller first. */
  readonly nodes: readonly HandleNode[];
  /** The nodes that the scheduler knows: the compute domains, or those that they emulate. */
  readonly schedulerNodes: readonly SchedulerNode[];
  /** In names of the scheduler's nodes; the default one first. */
  readonly partitions: readonly { readonly name: string; readonly nodes: readonly string[] }[];
  /** Elastic pools by name; empty for a cluster whose nodes all stay. */
  readonly elastic: ReadonlyMap<string, Elastic>;
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
  /**
   * Jobs run our wrapper, which tells of their start and end. On emulated nodes some schedulers run
   * nothing: their own records are all that there is.
   */
  readonly wraps: boolean;
  /** Who lets a job wait for another one of its user; the harness does by not handing it over. */
  readonly dependencies: "native" | "harness";
}

/** How the scheduler's job environment writes nodes and their cores; the job's wrapper copies it. */
export interface PlacementNotation {
  /** The nodes' names, the wrapper's own first. */
  nodes(text: string): string[];
  /** These are all nodes of the job; otherwise only its wrapper's own. */
  readonly whole: boolean;
  /** The job's cores on each of them; none where the scheduler does not say. */
  cores(text: string): number[];
}

export interface JobRequest {
  readonly job: WorkloadJob;
  readonly body: JobBody;
  /** What the scheduler itself is to wait for before it starts the job; absent: nothing. */
  readonly after?: readonly JobDependency[];
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
  readonly schedulerJob: string;
  readonly event: Extract<EventRecord["event"], "submit" | "eligible" | "start" | "end">;
  readonly at: number;
  /** Where this one is coarser than the capabilities say. */
  readonly resolutionMs?: number;
  /** Of an earlier attempt: the job went back to the queue. */
  readonly former?: true;
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

/** A job of the run that the scheduler knows, queued or ended. Milliseconds, the scheduler's clock. */
export interface AccountedJob {
  /** The planned job it was submitted for. */
  readonly job: number;
  readonly schedulerJob: string;
  /** The identity that was given to its submission; no two submissions share one. */
  readonly submission: string;
  /** The scheduler's own word. */
  readonly state: string;
  /** It is queued and holds nothing. */
  readonly waiting: boolean;
  readonly submitAt: number | null;
  readonly startAt: number | null;
  readonly endAt: number | null;
}

/** A question that is asked while the run is measured gets an answer within this, or none. */
export const SAMPLE_MS = 10_000;

/** What one of the scheduler's daemons has used. */
export interface DaemonCost {
  readonly node: string;
  readonly daemon: string;
  /** User and system time since the daemon started; 10 ms steps. */
  readonly cpuSeconds: number;
  /** Highest resident size since `resetPeak`, else since the daemon started. */
  readonly peakMemoryBytes: number;
}

/** One hand-over of a job to the scheduler. */
export interface SubmissionKey {
  readonly job: number;
  /** From 1; a job that is handed over again has the next number. */
  readonly submission: number;
}

/** What became of a submission whose answer was lost. */
export type Settled =
  /** The scheduler was not called and will not be. */
  | { readonly kind: "revoked" }
  /** The scheduler's answer after all. */
  | { readonly kind: "answered"; readonly answer: SubmitAnswer }
  /** The call began, at a time on the controller's clock where it is known, and is over by now. */
  | { readonly kind: "called"; readonly at: number | null };

export interface StoppedCall extends SubmissionKey {
  readonly settled: Settled;
}

export interface Submission {
  /** Handing a job over again cannot make a second one. */
  readonly idempotent: boolean;
  /** With so many calls of one user under way, a further one may have to wait. */
  readonly callsAtOnce: number;
  /**
   * Hands a job over at once and settles with the scheduler's answer; calls may overlap, and keep
   * their order per user as far as the scheduler's client does. One number of a job reaches the
   * scheduler once at most, whatever becomes of connections.
   * @throws RemoteError when the answer is lost: `settle` then says whether the scheduler was called.
   */
  submit(request: JobRequest, submission: number): Promise<SubmitAnswer>;
  /**
   * Says of submissions without an answer what became of them, in their order. Afterwards nothing
   * of them is on its way to the scheduler any more; what the scheduler has not read yet may be.
   * @throws RemoteError when that cannot be found out now.
   */
  settle(lost: readonly SubmissionKey[]): Promise<Settled[]>;
  /**
   * Refuses what waits, then waits for the calls that are under way, for `graceMs` at the most, and
   * ends them. No call begins after it.
   * @returns what became of those whose answers did not come in order.
   * @throws RemoteError when some may still be under way.
   */
  stop(graceMs: number): Promise<readonly StoppedCall[]>;
  close(): void;
}

/** A node of the cluster as the scheduler sees it. */
export interface NodeView {
  readonly name: string;
  /**
   * `absent`: not known to the scheduler. `down`: known, and no job can run on it now. `draining`: jobs
   * may still run on it, and none will begin. `schedulable`: jobs can begin on it.
   */
  readonly state: "absent" | "down" | "draining" | "schedulable";
  readonly cores: number;
  /** Jobs or parts of jobs that are on it. */
  readonly jobs: number;
}

/** The moment of a view, in milliseconds on the controller's clock, and how late it may be. */
export interface NodesSeen {
  readonly at: number;
  readonly resolutionMs: number;
  readonly nodes: readonly NodeView[];
}

/** What the scheduler's own autoscaling wants of a node; milliseconds on the controller's clock. */
export interface NativeDecision {
  readonly node: string;
  readonly want: "join" | "leave";
  readonly at: number;
}

/**
 * How nodes come and go under one scheduler. Every act can be repeated, also after one that was cut off,
 * returns when the scheduler has taken note of it, and throws RemoteError when the controller, or a node
 * that it needs, is out of reach. A job that is wider than the nodes that are there has to wait for
 * others, so a scheduler that would refuse it keeps those that left as `down`.
 */
export interface Membership {
  /** Every node of the cluster, elastic or not. */
  nodes(): Promise<NodesSeen>;
  /** Tells of the nodes now, and again whenever one of them has changed. */
  watch(
    seen: (nodes: NodesSeen) => void,
    observer: Pick<Observer, "warning" | "failure">,
  ): Promise<{ close(): void }>;
  /**
   * Starts the scheduler's daemons on a node that answers, so that it becomes schedulable, whatever it
   * was before: away, draining, or down after a failure. Once the signal aborts, it does not begin with
   * anything more, waits for nothing but what it has begun, and throws the signal's reason.
   */
  join(node: string, signal?: AbortSignal): Promise<void>;
  /** No further job begins on it. Those that are on it end by themselves, or go back to the queue. */
  drain(node: string, jobs: "finish" | "requeue"): Promise<void>;
  /**
   * Takes a node out of the scheduler, and ends its daemons where it still answers; one that does not is
   * no error. Jobs that it still has end as those of a node that failed.
   */
  leave(node: string): Promise<void>;
  /**
   * The scheduler's own autoscaling, where it has one: tells what it wants from now on, until it is closed.
   * What it wants has to be done with `join` and `leave`. Closing throws RemoteError.
   */
  native?(
    wants: (decision: NativeDecision) => void,
    observer: Pick<Observer, "warning" | "failure">,
  ): Promise<{ close(): Promise<void> }>;
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
  /** Every job of this run that the scheduler knows, queued and ended. */
  accounting(): Promise<AccountedJob[]>;
  /**
   * Ends whatever submits for former runs, so that none of their jobs can follow, and takes back what
   * they left to the scheduler's own autoscaling.
   * @returns how many of their calls may have reached the scheduler without being in the queue yet.
   */
  fence(): Promise<number>;
  /** Returns when the scheduler has taken note, not when the jobs are gone. */
  cancel(schedulerJobs: readonly string[]): Promise<void>;
  daemons(options?: { readonly resetPeak?: boolean }): Promise<DaemonCost[]>;
  /**
   * The jobs of this run for which the scheduler has an expected start now. Absent where it foretells none. Within
   * SAMPLE_MS.
   */
  estimates?(): Promise<readonly Estimate[]>;
  /** The scheduler's counters now. Absent where it has none. Within SAMPLE_MS. */
  internals?(): Promise<Internals>;
  /** Absent where nodes cannot come and go. It is needed for elastic pools, and may be there for others. */
  readonly membership?: Membership;
}
