import type { DuckDBConnection } from "@duckdb/node-api";
import { z } from "zod";
import type { Reporter } from "../../base/reporter";
import type { Simulation } from "../../store/simulations";
import { rows } from "../query";
import { fairStarts } from "./fair";
import { runTime, type SimJob } from "./job";
import { type Policy, policies } from "./policy";
import { simulate } from "./simulation";

/** The fair starts of this many jobs take some seconds for each policy, and their time grows faster. */
const mostSimulatedJobs = 10_000;

export interface RunJobs {
  readonly procs: number;
  readonly jobs: readonly SimJob[];
}

const jobSchema = z.object({
  job: z.number(),
  submit: z.number(),
  size: z.number(),
  start: z.number(),
  end: z.number(),
  run: z.number(),
  /** 0 without a limit. */
  limit: z.number(),
});

/**
 * The run's jobs that count and ran longer than 0 s, as they were submitted, allocated and ran. The
 * estimate is the time limit as the scheduler saw it, or the run time where that is longer or there is
 * no limit. Returns a reason when no job can be simulated.
 */
async function runJobs(connection: DuckDBConnection, runId: string): Promise<RunJobs | string> {
  const [run] = await rows(connection, "SELECT capacity_cores FROM runs WHERE run_id = $1", [
    runId,
  ]);
  const procs = run?.capacity_cores;
  if (typeof procs !== "number") return "the capacity is unknown";
  const waiting = await waitingJobs(connection, runId);
  if (waiting !== null) return waiting;
  const elastic = await rows(connection, "SELECT 1 FROM elastic_runs WHERE run_id = $1", [runId]);
  if (elastic.length > 0) {
    return "its nodes came and went, while a simulated machine has all of them at all times";
  }
  const found = await rows(
    connection,
    `SELECT job, submit_s AS submit, allocated_cores AS size, start_s AS start, end_s AS "end",
       run_s AS run,
       coalesce(rounded_limit(limit_s, limit_resolution_s), 0) AS "limit"
     FROM job_times JOIN runs USING (run_id)
     WHERE run_id = $1 AND counted AND run_s > 0 AND allocated_cores <= capacity_cores
     ORDER BY submit_s, job LIMIT ${mostSimulatedJobs + 1}`,
    [runId],
  );
  if (found.length > mostSimulatedJobs) {
    return `more than ${mostSimulatedJobs} jobs: simulating each one's fair start takes too long`;
  }
  if (found.length === 0) return "no job that counts ran longer than 0 s on this machine";
  return {
    procs,
    jobs: z
      .array(jobSchema)
      .parse(found)
      .map(({ start, end, limit, ...job }) => {
        const run = runTime(start, end, job.run);
        return { ...job, run, estimate: Math.max(run, limit) };
      }),
  };
}

/**
 * Why a live run whose jobs wait for each other is not simulated, or null: under another policy jobs would end
 * at other times, and so others would be submitted, or could start, at other times. A log is simulated all the
 * same: few logs say what their jobs waited for.
 */
async function waitingJobs(connection: DuckDBConnection, runId: string): Promise<string | null> {
  const [counted] = await rows(
    connection,
    `SELECT count(*) FILTER (previous_job IS NOT NULL)::INTEGER AS looped,
       count(*) FILTER (after_ok IS NOT NULL OR after_any IS NOT NULL OR array_limit IS NOT NULL)::INTEGER
         AS dependent
     FROM jobs JOIN runs USING (run_id) WHERE run_id = $1 AND origin = 'live'`,
    [runId],
  );
  const { looped, dependent } = z
    .object({ looped: z.number(), dependent: z.number() })
    .parse(counted);
  if (looped > 0) {
    return `it is a closed loop: ${looped} jobs are submitted when others have ended, which another policy changes`;
  }
  if (dependent === 0) return null;
  return `${dependent} jobs depend on others, or are tasks of an array with a limit, which simulated policies do not follow`;
}

/** The run under each of the policies; a reason when it cannot be simulated. */
export async function simulateRun(
  connection: DuckDBConnection,
  runId: string,
  options: { readonly policies?: readonly Policy[]; readonly report?: Reporter | undefined } = {},
): Promise<Simulation[] | string> {
  const found = await runJobs(connection, runId);
  if (typeof found === "string") return found;
  const { jobs, procs } = found;
  return (options.policies ?? policies).map((policy) => {
    const { starts, tieRule } = simulate(jobs, { procs, policy });
    const fair = fairStarts(jobs, { procs, policy }, options.report);
    return {
      policy,
      tieRule,
      procs,
      starts: jobs.map(({ job }, index) => ({
        job,
        startSeconds: starts[index] ?? Number.NaN,
        fairStartSeconds: fair[index] ?? Number.NaN,
      })),
    };
  });
}
