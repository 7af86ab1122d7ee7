import { type DuckDBConnection, listValue } from "@duckdb/node-api";
import { z } from "zod";
import type { Reporter } from "../base/reporter";
import { metricView } from "../store/figures";
import { withLog } from "../store/import";
import { insertSimulations } from "../store/simulations";
import { maxProcs } from "../workloads/swf/header";
import type { SwfMode } from "../workloads/swf/parse";
import { rows } from "./query";
import { type Policy, tieRule } from "./simulate/policy";
import { simulateRun } from "./simulate/run";

const metricSchema = z.object({
  name: z.string(),
  scope: z.enum(["run", "user", "queue", "account", "qos", "class", "policy"]),
  /** The user, queue, account, QOS, class or simulated policy; null for the run. */
  subject: z.string().nullable(),
  value: z.number().nullable(),
  unit: z.string(),
  definition: z.string(),
  /** Why the value is null. */
  reason: z.string().nullable(),
});
export type Metric = z.infer<typeof metricSchema>;

/** The order in which people look for metrics; the others follow by name. */
const leading = [
  "n",
  "makespan",
  "mean_wait",
  "max_wait",
  "p50_wait",
  "p90_wait",
  "p99_wait",
  "mean_turnaround",
  "area_weighted_response_time",
  "mean_slowdown",
  "mean_bounded_slowdown",
  "p50_bounded_slowdown",
  "p90_bounded_slowdown",
  "p99_bounded_slowdown",
  "area_weighted_bounded_slowdown",
  "utilisation",
  "users",
  "jain",
  "provisioning_deviation",
  "theta_u",
  "theta_o",
  "tau_u",
  "tau_o",
  "jitter",
  "node_seconds",
  "oracle_node_seconds",
  "node_seconds_ratio",
];

/** Whose fair starts the job-level unfairness of live and recorded runs is measured against. */
export const fairPolicy: Policy = "easy";

/**
 * The figures of one run as the views compute them now, with this lower bound of the run time in the
 * bounded slowdown; with a bound other than 10 s they differ from the store's metrics table.
 */
export async function runMetrics(
  connection: DuckDBConnection,
  runId: string,
  tau = 10,
): Promise<Metric[]> {
  await connection.run(`SET VARIABLE tau = ${Number(tau)}::DOUBLE`);
  try {
    const found = await rows(
      connection,
      `SELECT name, scope, subject, value, unit, definition, reason
       FROM ${await metricView(connection, runId)} WHERE run_id = $1
       ORDER BY scope, subject, coalesce(list_position($2, name), 1000), name`,
      [runId, listValue(leading)],
    );
    return found.map((row) => metricSchema.parse(row));
  } finally {
    await connection.run("RESET VARIABLE tau");
  }
}

export interface LogMetrics {
  readonly metrics: readonly Metric[];
  /** Lines: of jobs and of their partial executions. */
  readonly records: number;
  readonly jobs: number;
  readonly procs: number | null;
  readonly oddities: ReadonlyMap<string, number>;
  /** Which format the log has, and by what. */
  readonly why: string;
  /** The tie rule of the fair starts. */
  readonly fairPolicy: Policy;
  readonly tieRule: string;
}

export interface LogMetricsOptions {
  /** Processors of the machine. Left out: the header's MaxProcs, else MaxNodes, else unknown. */
  readonly procs?: number | undefined;
  readonly tau?: number | undefined;
  readonly mode?: SwfMode;
  /** As in OpenOptions. */
  readonly badRowsRemedy?: string | undefined;
  /** A format's name or the path of a mapping; left out: recognised by the content. */
  readonly format?: string | undefined;
  /** Zone of times without one; left out: the mapping's. */
  readonly zone?: string | undefined;
  readonly report?: Reporter | undefined;
}

/**
 * The figures of the schedule that a log records, with its job-level unfairness by simulation. Throws
 * SwfError.
 */
export async function logMetrics(file: string, options: LogMetricsOptions): Promise<LogMetrics> {
  return withLog(file, options, async (connection, { log, why }) => {
    const { report } = options;
    const simulations = await simulateRun(connection, "log", { policies: [fairPolicy], report });
    await insertSimulations(connection, "log", simulations);
    return {
      metrics: await runMetrics(connection, "log", options.tau),
      records: log.records,
      jobs: log.jobs,
      procs: options.procs ?? maxProcs(log.header),
      oddities: log.oddities,
      why,
      fairPolicy,
      tieRule: typeof simulations === "string" ? tieRule : (simulations[0]?.tieRule ?? tieRule),
    };
  });
}
