import { z } from "zod";
import { clockOffsetSql, judged, sqlCheck, unknown, withinSql } from "../check";
import { figures } from "../figures";
import { counted, jobsNamed, secondsText } from "../text";

const row = z.object({
  pairs: z.number(),
  wrong: z.array(
    z.object({ job: z.number(), before: z.string(), after: z.string(), seconds: z.number() }),
  ),
});

/**
 * due ≤ submit call ≤ its answer; submit call ≤ eligible ≤ start ≤ end. The answer stands apart: a
 * scheduler may make the job eligible, and start it, before its client has heard of it.
 */
export const momentsInOrder = sqlCheck({
  name: "moments-in-order",
  touches: figures.times,
  recorded: true,
  sql: `
    WITH clocks AS (
      SELECT ${clockOffsetSql} AS off_s
    ), eligible AS (
      SELECT job, min(at_s) AS eligible_s, ${withinSql("max(resolution_ms)")} AS eligible_res
      FROM job_events WHERE run_id = $1 AND event = 'eligible' GROUP BY job
    ), known AS (
      SELECT *, ${withinSql("start_resolution_ms")} AS start_res,
        ${withinSql("end_resolution_ms")} AS end_res,
        ${withinSql("submit_resolution_ms")} AS submit_res
      FROM (FROM jobs WHERE run_id = $1) LEFT JOIN eligible USING (job) CROSS JOIN clocks
    ), pairs AS (
      -- A timer of the harness has milliseconds.
      SELECT job, unnest([
        {before: 'due', after: 'submitted', seconds: due_s - submit_s - submit_res - off_s - 0.001},
        {before: 'submitted', after: 'accepted', seconds: submit_s - accept_s},
        {before: 'submitted', after: 'eligible', seconds: submit_s - eligible_s - eligible_res - off_s},
        {before: 'eligible', after: 'started', seconds: eligible_s - start_s - start_res - off_s},
        {before: 'submitted', after: 'started', seconds: submit_s - start_s - start_res - off_s},
        {before: 'started', after: 'ended', seconds: start_s - end_s - end_res
          - CASE WHEN start_source IS DISTINCT FROM end_source THEN off_s ELSE 0 END}
      ], recursive := true)
      FROM known
    )
    SELECT
      count(seconds)::INTEGER AS pairs,
      coalesce(list({job: job, before: before, after: after, seconds: seconds}
        ORDER BY seconds DESC, job) FILTER (seconds > 1e-6), []) AS wrong
    FROM pairs`,
  row,
  judge({ pairs, wrong }) {
    if (pairs === 0) return unknown("no job has two moments that are known");
    const [worst] = wrong;
    const jobs = [...new Set(wrong.map(({ job }) => job))];
    return judged({
      figure: jobs.length,
      limit: 0,
      unit: "jobs",
      explanation:
        worst === undefined
          ? `${counted(pairs, "pair")} of moments are in order within their resolutions`
          : `job ${worst.job} was ${worst.after} ${secondsText(worst.seconds)} before it was ${worst.before}` +
            (jobs.length === 1
              ? ""
              : `; moments of ${jobsNamed(jobs.filter((job) => job !== worst.job))} are out of order too`),
    });
  },
});
