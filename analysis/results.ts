import { z } from "zod";
import { readStore } from "../store/open";
import { auditSchema, readAudits } from "./audits";
import { type ConditionGroup, groupByConditions, readConditions } from "./conditions";
import { type Row, rows } from "./query";

/** The benchmark jobs of one program in a run; gflops and efficiency are means over the largest. */
const benchmarkSchema = z.object({
  program: z.string(),
  jobs: z.number(),
  failed: z.number(),
  ranks: z.number().nullable(),
  gflops: z.number().nullable(),
  efficiency: z.number().nullable(),
  reason: z.string().nullable(),
  efficiencyReason: z.string().nullable(),
});
export type BenchmarkResult = z.infer<typeof benchmarkSchema>;

/** One run with its run-wide metrics, named and defined as in the store. */
const resultRowSchema = z.object({
  run: z.string(),
  experiment: z.string(),
  startedAt: z.string().nullable(),
  status: z.string(),
  reason: z.string().nullable(),
  domain: z.string().nullable(),
  emulated: z.boolean(),
  /** Seconds of the scheduler's clock in one of the host's. */
  clockFactor: z.number().nullable(),
  trace: z.string().nullable(),
  scheduler: z.string().nullable(),
  /** Canonical JSON. */
  policy: z.string().nullable(),
  plannedJobs: z.number().nullable(),
  harnessLimited: z.boolean().nullable(),
  harnessExplanation: z.string().nullable(),
  /** Records of the run directory that could not be read; null where nobody counted. */
  badRecords: z.number().nullable(),
  badPlaces: z.array(z.string()).nullable(),
  metrics: z.record(z.string(), z.number().nullable()),
  /** Why a metric is null. */
  reasons: z.record(z.string(), z.string()),
  /** The same jobs under simulated policies, by policy; none where the run was not simulated. */
  simulated: z.record(z.string(), z.record(z.string(), z.number().nullable())),
  benchmarks: z.array(benchmarkSchema),
  /** None where the run was not audited. */
  audit: z.array(auditSchema),
});
export type ResultRow = z.infer<typeof resultRowSchema>;

/** Every run of the store, oldest first. Throws Failure: no store, locked, another schema. */
export async function readResults(storePath: string): Promise<ResultRow[]> {
  return readStore(storePath, async (connection) => {
    const runs = await rows(
      connection,
      `SELECT
         run_id AS run, experiment, started_at AS startedAt, status, reason, domain,
         is_emulated(spec) AS emulated, clock_factor AS clockFactor,
         trace_name AS trace, policy, concat_ws(' ', scheduler_kind, scheduler_version) AS scheduler,
         planned_jobs AS plannedJobs, harness_limited AS harnessLimited,
         harness_explanation AS harnessExplanation, bad_records AS badRecords,
         bad_places AS badPlaces
       FROM runs ORDER BY started_at, run_id`,
    );
    const metrics = await rows(
      connection,
      "SELECT run_id, name, value, reason FROM metrics WHERE scope = 'run'",
    );
    const simulated = await rows(
      connection,
      `SELECT run_id, subject, name, value FROM metrics
       JOIN (SELECT unnest(['fcfs', 'easy', 'conservative']) AS subject, unnest([1, 2, 3]) AS place)
         USING (subject)
       WHERE scope = 'policy' ORDER BY place, name`,
    );
    const benchmarks = await rows(
      connection,
      `SELECT run_id, program, jobs, failed, ranks, gflops, efficiency, reason,
         efficiency_reason AS efficiencyReason
       FROM benchmark_figures ORDER BY run_id, program`,
    );
    const audits = await readAudits(connection);
    return runs.map((run) => {
      const own = metrics.filter((metric) => metric.run_id === run.run);
      return resultRowSchema.parse({
        ...run,
        metrics: Object.fromEntries(own.map(({ name, value }) => [name, value])),
        reasons: Object.fromEntries(
          own.flatMap(({ name, reason }) => (reason === null ? [] : [[name, reason]])),
        ),
        simulated: byPolicy(simulated.filter((row) => row.run_id === run.run)),
        benchmarks: benchmarks.filter((benchmark) => benchmark.run_id === run.run),
        audit: audits.get(String(run.run)) ?? [],
      });
    });
  });
}

function byPolicy(found: readonly Row[]): Record<string, Record<string, unknown>> {
  const policies: Record<string, Record<string, unknown>> = {};
  for (const { subject, name, value } of found) {
    const figures = policies[String(subject)] ?? {};
    figures[String(name)] = value;
    policies[String(subject)] = figures;
  }
  return policies;
}

/**
 * The runs that can be compared with each other: those that differ at most in their scheduler. A run
 * that failed a check that is not accepted is in a group of its own.
 */
export async function comparableRuns(
  storePath: string,
  accepted: readonly string[] = [],
): Promise<ConditionGroup[]> {
  return groupByConditions(await readConditions(storePath, undefined, accepted), "scheduler");
}
