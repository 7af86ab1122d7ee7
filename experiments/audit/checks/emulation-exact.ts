import { z } from "zod";
import { clockFactorSql, judged, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { limits } from "../limits";
import { counted, listed, secondsText } from "../text";

const worstJobs = 3;
const busiestDaemons = 2;

const row = z.object({
  jobs: z.number(),
  /** Of what is allowed: 1 is the limit. */
  p99: z.number().nullable(),
  /** Seconds, past resolutions. */
  median: z.number().nullable(),
  p99Seconds: z.number().nullable(),
  beyond: z.number(),
  worst: z.array(z.object({ job: z.number(), asked: z.number(), held: z.number() })),
  /** Jobs, and nodes that they were on, within one second of the host. */
  starts: z.number().nullable(),
  startNodes: z.number().nullable(),
  ends: z.number().nullable(),
  endNodes: z.number().nullable(),
  hostCores: z.number().nullable(),
  /** Cores that a daemon used in the mean over the run. */
  daemons: z.array(z.object({ daemon: z.string(), node: z.string(), cores: z.number() })),
});

/**
 * How long a job held its cores on emulated nodes, compared with the time that was asked for: one that
 * completed, or that should have before its limit and was ended by it. Where that differs, what emulates the nodes could not keep up, and the run says nothing of the scheduler.
 */
export const emulationExact = sqlCheck({
  name: "emulation-exact",
  touches: figures.times,
  only: "emulated",
  sql: `
    WITH own AS (
      FROM jobs WHERE run_id = $1
    ), last_attempts AS (
      SELECT job, max(attempt) AS attempt FROM attempts WHERE run_id = $1 GROUP BY job
    ), held AS (
      SELECT job, sum(to_s - from_s) AS held_s
      FROM (FROM held_intervals WHERE run_id = $1) JOIN last_attempts USING (job, attempt)
      GROUP BY job
    ), errors AS (
      SELECT job, planned_run_s AS asked_s, coalesce(held_s, end_s - start_s) AS held_s,
        -- Both ends are rounded in the same way, so that their difference is off by less than one step.
        greatest(0, abs(coalesce(held_s, end_s - start_s) - planned_run_s)
          - greatest(coalesce(start_resolution_ms, 0), coalesce(end_resolution_ms, 0)) / 1000) AS error_s
      FROM own LEFT JOIN held USING (job)
      WHERE state IN ('completed', 'timeout') AND planned_run_s IS NOT NULL AND start_s IS NOT NULL AND end_s IS NOT NULL
        AND (limit_s IS NULL OR planned_run_s < limit_s)
    ), judged AS (
      SELECT *, error_s / greatest(${limits.emulatedRunTimeSeconds}, ${limits.emulatedRunTimeShare} * asked_s)
        AS share
      FROM errors
    ), starts AS (
      SELECT count(*) AS jobs, sum(coalesce(len(nodes), 1)) AS nodes
      FROM own WHERE start_s IS NOT NULL GROUP BY floor(start_s / ${clockFactorSql})
    ), ends AS (
      SELECT count(*) AS jobs, sum(coalesce(len(nodes), 1)) AS nodes
      FROM own WHERE start_s IS NOT NULL AND end_s IS NOT NULL GROUP BY floor(end_s / ${clockFactorSql})
    ), length AS (
      SELECT max(end_s) - min(coalesce(due_s, submit_s)) AS length_s FROM own
    )
    SELECT
      count(*)::INTEGER AS jobs,
      quantile_disc(share, 0.99) AS p99,
      quantile_disc(error_s, 0.5) AS median,
      quantile_disc(error_s, 0.99) AS "p99Seconds",
      (count(*) FILTER (share > 1))::INTEGER AS beyond,
      coalesce(list({job: job, asked: asked_s, held: held_s} ORDER BY share DESC, job)[:${worstJobs}], []) AS worst,
      (SELECT max(jobs)::INTEGER FROM starts) AS starts,
      (SELECT max(nodes)::INTEGER FROM starts) AS "startNodes",
      (SELECT max(jobs)::INTEGER FROM ends) AS ends,
      (SELECT max(nodes)::INTEGER FROM ends) AS "endNodes",
      (SELECT host_cores FROM runs WHERE run_id = $1) AS "hostCores",
      (SELECT coalesce(list({daemon: daemon, node: node, cores: cpu_seconds / length_s}
         ORDER BY cpu_seconds DESC)[:${busiestDaemons}], [])
       FROM daemons, length WHERE run_id = $1 AND length_s > 0) AS daemons
    FROM judged`,
  row,
  judge(found) {
    const { jobs, p99, median, p99Seconds, beyond, worst } = found;
    if (p99 === null) return unknown("no job that completed, or should have, has a given run time");
    const kept =
      `off by ${secondsText(median ?? 0)} in the median and ${secondsText(p99Seconds ?? 0)} at the 99th ` +
      `percentile of ${counted(jobs, "job")}, ${beyond} by more than ${100 * limits.emulatedRunTimeShare} % ` +
      `and ${limits.emulatedRunTimeSeconds} s`;
    const furthest = worst
      .map(
        ({ job, asked, held }) =>
          `job ${job} held its cores for ${secondsText(held)} where ${secondsText(asked)} were asked`,
      )
      .join(", ");
    return judged({
      figure: p99,
      limit: 1,
      unit: "of what is allowed",
      explanation: listed([kept, p99 > 1 && furthest, p99 > 1 && likelyLimit(found)]),
    });
  },
});

/** What the emulation had to do at its peak: one of these was more than it bears. */
function likelyLimit(found: z.infer<typeof row>): string {
  const { starts, startNodes, ends, endNodes, hostCores, daemons } = found;
  const host = hostCores === null ? "" : ` of the host's ${hostCores}`;
  const used = daemons
    .map(({ daemon, node, cores }) => `${daemon} on ${node} used ${cores.toFixed(2)} cores${host}`)
    .join(", ");
  return (
    `the limit is likely one of these: up to ${counted(starts ?? 0, "job")} on ${counted(startNodes ?? 0, "node")} ` +
    `started within a second of the host and ${counted(ends ?? 0, "job")} on ${counted(endNodes ?? 0, "node")} ended` +
    (used === "" ? "; what the daemons used is unknown" : `; in the mean, ${used}`)
  );
}
