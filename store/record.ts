import { z } from "zod";
import { workloadJobSchema } from "../workloads/job";
import { provenanceSchema } from "./provenance";

/**
 * The files of a run directory. `run.json` and `nodes.json` are written as a whole (temporary file and
 * rename); the `.jsonl` files are append-only with one record a line, so that a killed run loses at
 * most its last line.
 */
export const runFiles = {
  run: "run.json",
  nodes: "nodes.json",
  jobs: "jobs.jsonl",
  events: "events.jsonl",
  samples: "samples.jsonl",
  host: "host.jsonl",
  benchmarks: "benchmarks.jsonl",
  daemons: "daemons.json",
  accounting: "accounting.jsonl",
  nodeEvents: "node-events.jsonl",
  supply: "supply.jsonl",
  decisions: "decisions.jsonl",
  estimates: "estimates.jsonl",
  internals: "internals.jsonl",
  log: "log.jsonl",
} as const;

/** Milliseconds since the Unix epoch; fractions allowed. */
const instant = z.number().positive();
const text = z.string().min(1);
const count = z.int().nonnegative();

/** Who saw the moment: the scheduler's records, the job's own wrapper, or the harness's clock. */
export const timeSourceSchema = z.enum(["scheduler", "wrapper", "harness"]);
export type TimeSource = z.infer<typeof timeSourceSchema>;

export const runStatusSchema = z.enum(["running", "completed", "failed", "interrupted"]);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** Sortable by start: UTC time, then a random part, as in `20261121T233000Z-k3f9qa`. */
export const runIdSchema = z.string().regex(/^\d{8}T\d{6}Z-[0-9a-z]{6}$/);

/** run.json */
export const runRecordSchema = z.strictObject({
  version: z.literal(1),
  id: runIdSchema,
  experiment: text,
  /** Of the handle; in a campaign, of its plan. */
  tupleHash: text,
  /** 1-based repeat of the same tuple within one experiment Command, or within the campaign. */
  repeat: z.int().positive(),
  /** The campaign that planned it, and where in its order; null for a run of none. */
  campaign: z.strictObject({ name: text, position: z.int().positive() }).nullable().default(null),
  status: runStatusSchema,
  /** Why the run is not `completed`. */
  reason: text.nullable(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  /** Cores that jobs can be scheduled on: the denominator of utilisation. */
  capacityCores: z.int().positive(),
  plannedJobs: count,
  /** Jobs whose final state is not `completed`; null until the run has collected. */
  failedJobs: count.nullable(),
  /** The harness, not the scheduler, set the pace of submission; null while unknown. */
  harnessLimited: z.boolean().nullable(),
  harnessExplanation: text.nullable(),
  provenance: provenanceSchema,
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** nodes.json is an array of these. */
export const nodeRecordSchema = z.strictObject({
  name: text,
  /** A host takes no jobs itself: it is the domain of emulated nodes. */
  role: z.enum(["controller", "compute", "host"]),
  pool: text,
  /** The domain of a node that is emulated; null for a node of its own. */
  emulatedOn: text.nullable().default(null),
  partitions: z.array(text),
  address: text,
  vcpus: z.int().positive(),
  memoryMiB: z.int().positive(),
  gpus: count,
  kernel: text.nullable(),
  cpuModel: text.nullable(),
  clockOffsetMs: z.number().nullable(),
  /** The same after the last job's end. Absent from runs of versions that did not measure it. */
  clockOffsetAfterMs: z.number().nullable().default(null),
  link: z.strictObject({
    bandwidthMbps: z.number().positive().nullable(),
    latencyUs: z.number().nonnegative().nullable(),
    bandwidthApplied: z.boolean(),
    latencyApplied: z.boolean(),
    reason: text.nullable(),
  }),
});
export type NodeRecord = z.infer<typeof nodeRecordSchema>;
export const nodeRecordsSchema = z.array(nodeRecordSchema);

/**
 * `rejected`: the submission was refused. `lost`: accepted, but its end was never learnt (killed, deadline).
 */
export const jobStateSchema = z.enum([
  "planned",
  "submitted",
  "running",
  "completed",
  "failed",
  "timeout",
  "cancelled",
  "preempted",
  "node-failed",
  "out-of-memory",
  "rejected",
  "lost",
]);
export type JobState = z.infer<typeof jobStateSchema>;

/** A moment, where it came from and how fine it is (1000 for whole seconds). */
const observedTimeSchema = z.strictObject({
  at: instant,
  source: timeSourceSchema,
  resolutionMs: z.number().positive(),
});
export type ObservedTime = z.infer<typeof observedTimeSchema>;

/**
 * One line of jobs.jsonl: all that is known of the job when the line is written. A later line of the
 * same job replaces the earlier one as a whole. The run writes each job once as `planned` before the
 * replay, again when the scheduler has answered, and again when it is final.
 */
export const jobRecordSchema = z.strictObject({
  /** WorkloadJob.id */
  job: z.int().positive(),
  planned: workloadJobSchema,
  /**
   * When the job was to be submitted: replay start + submitSeconds, or when what it waited for was over. Null
   * as long as that is not known.
   */
  dueAt: instant.nullable(),
  /**
   * When the first submit call was issued, and when the call that was answered had returned, on the
   * controller's clock. Where the time of no call is known, the scheduler's own time of the submission.
   */
  submitStartedAt: instant.nullable(),
  submitFinishedAt: instant.nullable(),
  /** Of `submitStartedAt`. Absent from runs of versions that knew only the harness's. */
  submitSource: timeSourceSchema.nullable().default(null),
  submitResolutionMs: z.number().positive().nullable().default(null),
  schedulerJob: text.nullable(),
  state: jobStateSchema,
  /** The scheduler's own word for the state, and whatever explains a failure. */
  detail: text.nullable(),
  exitCode: z.int().nullable(),
  allocatedCores: z.int().positive().nullable(),
  /** Names of the nodes it ran on; null until known. */
  nodes: z.array(text).nullable(),
  /** The best known moments: the wrapper's milliseconds, else the scheduler's seconds. */
  start: observedTimeSchema.nullable(),
  end: observedTimeSchema.nullable(),
});
export type JobRecord = z.infer<typeof jobRecordSchema>;

/**
 * One line of events.jsonl. Every source that saw a moment writes its own line, so the scheduler's
 * seconds stay beside the wrapper's milliseconds. A repeated (job, event, source, at) counts once.
 */
export const eventRecordSchema = z.strictObject({
  job: z.int().positive(),
  event: z.enum([
    "due",
    "submit",
    "accept",
    "reject",
    "eligible",
    "start",
    "suspend",
    "resume",
    "end",
    "cancel",
  ]),
  at: instant,
  source: timeSourceSchema,
  resolutionMs: z.number().positive(),
  /** The scheduler's job that it belongs to; absent from what the harness saw, and from old runs. */
  schedulerJob: text.optional(),
  /** Of a start: where, and how many cores on each of these nodes, as far as that is known. */
  nodes: z.array(text).optional(),
  nodeCores: z.array(z.int().positive()).optional(),
});
export type EventRecord = z.infer<typeof eventRecordSchema>;

/**
 * One line of benchmarks.jsonl: the result of one MPI benchmark job, written when all jobs are over.
 * `n` is HPL's order, or the side of HPCG's local grid; what the program does not have is null.
 */
export const benchmarkRecordSchema = z.strictObject({
  job: z.int().positive(),
  program: z.enum(["hpl", "hpcg"]),
  ranks: z.int().positive(),
  n: z.int().positive(),
  nb: z.int().positive().nullable(),
  p: z.int().positive().nullable(),
  q: z.int().positive().nullable(),
  /** Of the timed part alone. */
  seconds: z.number().nonnegative().nullable(),
  gflops: z.number().nonnegative().nullable(),
  /** Scaled residual. */
  residual: z.number().nonnegative().nullable(),
  /** The job completed, and the program's own check of its result passed. */
  passed: z.boolean(),
  /** Why not; null when it passed. */
  reason: text.nullable(),
  /** Exactly one of these two is set. */
  efficiency: z.number().nonnegative().nullable(),
  efficiencyReason: text.nullable(),
});
export type BenchmarkRecord = z.infer<typeof benchmarkRecordSchema>;

/** daemons.json is an array of these: what one daemon cost, from the replay's start to the last end. */
export const daemonRecordSchema = z.strictObject({
  node: text,
  daemon: text,
  /** In steps of 10 ms of the host; in a run with an accelerated clock multiplied by its factor, as all times. */
  cpuSeconds: z.number().nonnegative(),
  /** Highest resident size in that time. */
  peakMemoryBytes: z.number().nonnegative(),
});
export type DaemonRecord = z.infer<typeof daemonRecordSchema>;
export const daemonRecordsSchema = z.array(daemonRecordSchema);

/**
 * One line of accounting.jsonl: a job of the run that the scheduler knew when the run was over, queued
 * or ended. A planned job has one, if all is well. Absent from runs that could not ask.
 */
export const schedulerJobRecordSchema = z.strictObject({
  /** The planned job it was submitted for. */
  job: z.int().positive(),
  schedulerJob: text,
  /** The identity that the harness gave the submission. */
  submission: text,
  /** The scheduler's own word. */
  state: text,
  submitAt: instant.nullable(),
  startAt: instant.nullable(),
  endAt: instant.nullable(),
});
export type SchedulerJobRecord = z.infer<typeof schedulerJobRecordSchema>;

/** One line of samples.jsonl. */
export const sampleRecordSchema = z.strictObject({
  node: text,
  at: instant,
  /** Cumulative CPU time of the node since it booted. */
  cpuUsageUsec: z.number().nonnegative(),
  memoryBytes: z.number().nonnegative().nullable(),
  /** One-minute load average. */
  load: z.number().nonnegative().nullable(),
});
export type SampleRecord = z.infer<typeof sampleRecordSchema>;

/** One line of host.jsonl: the host's CPU time, cumulative since it booted. */
export const hostSampleRecordSchema = z.strictObject({
  at: instant,
  busyUsec: z.number().nonnegative(),
  idleUsec: z.number().nonnegative(),
  /** What the hypervisor below the host kept from it. */
  stealUsec: z.number().nonnegative(),
  /** CPU time of the harness itself, part of busyUsec. */
  harnessUsec: z.number().nonnegative(),
});
export type HostSampleRecord = z.infer<typeof hostSampleRecordSchema>;
