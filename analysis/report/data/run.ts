import { z } from "zod";
import { auditSchema } from "../../audits";
import { cycleSchema } from "./cycles";
import { elasticSchema } from "./elastic";

const known = z.number().nullable();

const jobSchema = z.object({
  job: z.number(),
  user: z.string().nullable(),
  state: z.string().nullable(),
  /** Seconds since the run's start. */
  submit: known,
  start: known,
  end: known,
  /** Seconds. */
  limit: known,
  wait: known,
  run: known,
  boundedSlowdown: known,
  cores: known,
  nodes: z.array(z.string()).nullable(),
  /** Its wait, run and allocation are known. */
  counted: z.boolean(),
});
export type ReportJob = z.infer<typeof jobSchema>;

/** What holds from `at` to the next row; the last row is the end. */
const levelSchema = z.object({
  /** Seconds since the run's start. */
  at: z.number(),
  /** Cores held by jobs. */
  cores: z.number(),
  /** Jobs that were submitted and had not started. */
  waiting: z.number(),
});

const nodeSchema = z.object({
  node: z.string(),
  role: z.string(),
  vcpus: known,
});

const benchmarkSchema = z.object({
  job: z.number(),
  program: z.string(),
  ranks: z.number(),
  n: known,
  nb: known,
  p: known,
  q: known,
  /** Of the timed part alone. */
  seconds: known,
  gflops: known,
  /** Scaled. */
  residual: known,
  passed: z.boolean(),
  /** Why it did not pass. */
  reason: z.string().nullable(),
  efficiency: known,
  efficiencyReason: z.string().nullable(),
});
export type ReportBenchmark = z.infer<typeof benchmarkSchema>;

export const metricSchema = z.object({
  name: z.string(),
  scope: z.enum(["run", "user", "queue", "account", "qos", "class", "policy"]),
  subject: z.string().nullable(),
  value: known,
  unit: z.string(),
  definition: z.string(),
  reason: z.string().nullable(),
});
export type ReportMetric = z.infer<typeof metricSchema>;

/** The store's reason why a run on a fixed cluster lacks the figures of nodes that come and go. */
export const fixedSupplyText = "the supply of this run could not change";

/** One run with everything that the report shows of it. */
export const reportRunSchema = z.object({
  id: z.string(),
  experiment: z.string(),
  tupleHash: z.string(),
  repeat: known,
  status: z.string(),
  reason: z.string().nullable(),
  /** ISO 8601, UTC. */
  startedAt: z.string().nullable(),
  capacityCores: known,
  /** Null where the cores that can be scheduled on cannot change during the run. */
  elastic: elasticSchema.nullable(),
  /** Its nodes were emulated. */
  emulated: z.boolean(),
  /** Seconds of the scheduler's clock in one of the host's; null where that is not recorded. */
  clockFactor: known,
  plannedJobs: known,
  harnessLimited: z.boolean().nullable(),
  harnessExplanation: z.string().nullable(),
  /** Canonical JSON. */
  spec: z.string().nullable(),
  policy: z.string().nullable(),
  scheduler: z.string().nullable(),
  codeDirty: z.boolean().nullable(),
  /** The store's row of the run: its conditions and provenance. */
  row: z.record(z.string(), z.unknown()),
  jobs: z.array(jobSchema),
  nodes: z.array(nodeSchema),
  /** In the order of time. */
  levels: z.array(levelSchema),
  /** Seconds that each level is the mean of; null where every change is there. */
  averagedOver: known,
  /** Null where its scheduler told of no cycle. */
  cycle: cycleSchema.nullable(),
  metrics: z.array(metricSchema),
  benchmarks: z.array(benchmarkSchema),
  /** None where the run was not audited. */
  audit: z.array(auditSchema),
});
export type ReportRun = z.infer<typeof reportRunSchema>;

/** A run-wide metric; null where it is unknown. */
export function runMetric(run: ReportRun, name: string): number | null {
  return (
    run.metrics.find((metric) => metric.scope === "run" && metric.name === name)?.value ?? null
  );
}

/** Why a run-wide metric is unknown. */
export function metricReason(run: ReportRun, name: string): string {
  const metric = run.metrics.find((entry) => entry.scope === "run" && entry.name === name);
  if (metric === undefined) return "this store does not have it";
  return metric.reason ?? "no reason recorded";
}
