import { z } from "zod";
import { noted, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { limits } from "../limits";
import { counted, percentText } from "../text";

const row = z.object({
  resolution: z.number().nullable(),
  jobs: z.number(),
  rounded: z.number(),
  job: z.number().nullable(),
  asked: z.number().nullable(),
  given: z.number().nullable(),
});

/**
 * A scheduler that counts limits in minutes plans with a minute for a job of seconds: backfill then
 * finds hardly a gap, and the schedule is near to first come first served. That belongs to workload and
 * scheduler, alike in every run of them, so it is noted and does not fail the run.
 */
export const limitsAsAsked = sqlCheck({
  name: "limits-as-asked",
  touches: figures.times,
  sql: `
    WITH limited AS (
      SELECT job, limit_s, limit_resolution_s, rounded_limit(limit_s, limit_resolution_s) AS given_s
      FROM jobs JOIN runs USING (run_id) WHERE run_id = $1 AND limit_s > 0
    )
    SELECT
      (SELECT limit_resolution_s FROM runs WHERE run_id = $1)::DOUBLE AS resolution,
      count(*)::INTEGER AS jobs,
      (count(*) FILTER (given_s > ${limits.roundedFactor} * limit_s))::INTEGER AS rounded,
      first(job ORDER BY given_s / limit_s DESC, job) AS job,
      first(limit_s ORDER BY given_s / limit_s DESC, job) AS asked,
      first(given_s ORDER BY given_s / limit_s DESC, job)::DOUBLE AS given
    FROM limited`,
  row,
  judge({ resolution, jobs, rounded, job, asked, given }) {
    if (resolution === null) return unknown("how the scheduler rounds time limits is not known");
    if (jobs === 0) return unknown("no job has a time limit");
    return noted({
      figure: rounded / jobs,
      limit: limits.roundedShare,
      unit: "of the jobs",
      explanation:
        rounded === 0
          ? `no limit of ${counted(jobs, "job")} was more than doubled by the scheduler's steps of ${resolution} s`
          : `${percentText(rounded / jobs)} of the jobs have a time limit that was more than doubled: job ` +
            `${job} asked for ${asked} s and the scheduler counts ${given} s`,
    });
  },
});
