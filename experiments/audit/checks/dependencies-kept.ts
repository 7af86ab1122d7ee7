import { z } from "zod";
import {
  clockFactorSql,
  clockOffsetSql,
  judged,
  notApplicable,
  sqlCheck,
  withinSql,
} from "../check";
import { figures } from "../figures";
import { counted, jobsNamed, secondsText } from "../text";

const early = z.object({ job: z.number(), other: z.number(), seconds: z.number() });
const row = z.object({
  waits: z.number(),
  limits: z.number(),
  /** Jobs that started before one that they depend on had ended. */
  started: z.array(early),
  /** Jobs that were submitted before the one that they follow had ended and its think time was over. */
  submitted: z.array(early),
  /** Jobs that started although one that had to complete did not. */
  unmet: z.array(z.object({ job: z.number(), other: z.number() })),
  /** Tasks of an array at whose submission more were in the scheduler than its limit. */
  crowded: z.array(z.object({ job: z.number(), limit: z.number(), tasks: z.number() })),
});

/** Seconds below which a difference of two moments is none. */
const tiny = "1e-6";

/**
 * No job starts before the ones that it depends on have ended, in the way in which they have to; none is
 * submitted before the one that it follows has ended and its think time has passed; no array has more tasks
 * in the scheduler than its limit. By the best moments there are, past their resolutions.
 */
export const dependenciesKept = sqlCheck({
  name: "dependencies-kept",
  touches: figures.times,
  sql: `
    WITH clocks AS (
      SELECT ${clockOffsetSql} AS off_s, 0.001 * ${clockFactorSql} AS timer_s
    ), own AS (
      SELECT *, ${withinSql("start_resolution_ms")} AS start_res,
        ${withinSql("end_resolution_ms")} AS end_res,
        ${withinSql("submit_resolution_ms")} AS submit_res
      FROM jobs WHERE run_id = $1
    ), edges AS (
      SELECT job, unnest(after_ok) AS other, true AS well FROM own
      UNION ALL SELECT job, unnest(after_any), false FROM own
    ), pairs AS (
      SELECT edges.job, edges.other, edges.well AND before.state <> 'completed'
          -- Whether a benchmark's result is right is known later.
          AND before.job NOT IN (SELECT job FROM benchmarks WHERE run_id = $1) AS unmet,
        before.end_s - own.start_s - own.start_res - before.end_res - off_s AS seconds
      FROM edges JOIN own USING (job) JOIN own AS before ON before.job = edges.other CROSS JOIN clocks
      WHERE own.start_s IS NOT NULL
    ), loops AS (
      SELECT own.job, own.previous_job AS other, before.end_s + own.think_s - own.submit_s
        - own.submit_res - before.end_res - off_s - timer_s AS seconds
      FROM own JOIN own AS before ON before.job = own.previous_job CROSS JOIN clocks
      WHERE own.submit_s IS NOT NULL
    ), beside AS (
      -- The other tasks that were in the scheduler when this one was submitted.
      SELECT own.job, own.array_limit AS "limit", 1 + count(other.job)::INTEGER AS tasks
      FROM own CROSS JOIN clocks LEFT JOIN own AS other
        ON other.array_id = own.array_id AND other.job <> own.job AND other.state <> 'rejected'
        AND (other.submit_s, other.job) < (own.submit_s, own.job)
        AND other.end_s > own.submit_s + own.submit_res + other.end_res + off_s
      WHERE own.array_limit IS NOT NULL AND own.submit_s IS NOT NULL
      GROUP BY ALL
    )
    SELECT
      ((SELECT count(*) FROM edges) + (SELECT count(*) FROM own WHERE previous_job IS NOT NULL))::INTEGER
        AS waits,
      (SELECT count(*) FROM own WHERE array_limit IS NOT NULL)::INTEGER AS limits,
      (SELECT coalesce(list({job: job, other: other, seconds: seconds} ORDER BY seconds DESC, job), [])
        FROM pairs WHERE seconds > ${tiny}) AS started,
      (SELECT coalesce(list({job: job, other: other, seconds: seconds} ORDER BY seconds DESC, job), [])
        FROM loops WHERE seconds > ${tiny}) AS submitted,
      (SELECT coalesce(list({job: job, other: other} ORDER BY job), []) FROM pairs WHERE unmet) AS unmet,
      (SELECT coalesce(list({job: job, "limit": "limit", tasks: tasks} ORDER BY tasks DESC, job), [])
        FROM beside WHERE tasks > "limit") AS crowded`,
  row,
  judge({ waits, limits, started, submitted, unmet, crowded }) {
    if (waits + limits === 0) return notApplicable("no job waits for another one");
    const all = [...started, ...submitted, ...unmet, ...crowded];
    const jobs = [...new Set(all.map(({ job }) => job))];
    const [first] = sentences(started, submitted, unmet, crowded);
    return judged({
      figure: jobs.length,
      limit: 0,
      unit: "jobs",
      explanation:
        first === undefined
          ? `${counted(waits, "job was", "jobs were")} waited for as asked` +
            (limits > 0
              ? `, and ${counted(limits, "task")} kept to the limits of their arrays`
              : "")
          : first +
            (jobs.length === 1 ? "" : `; what ${jobsNamed(jobs)} had to wait for was not kept`),
    });
  },
});

type Row = z.infer<typeof row>;

/** One sentence about the worst of each kind. */
function sentences(
  [started]: Row["started"],
  [submitted]: Row["submitted"],
  [unmet]: Row["unmet"],
  [crowded]: Row["crowded"],
): string[] {
  return [
    started &&
      `job ${started.job} started ${secondsText(started.seconds)} before job ${started.other}, on which it depends, had ended`,
    unmet && `job ${unmet.job} started although job ${unmet.other} did not complete`,
    submitted &&
      `job ${submitted.job} was submitted ${secondsText(submitted.seconds)} before job ${submitted.other}, which it follows, had ended and its think time was over`,
    crowded &&
      `with job ${crowded.job}, ${crowded.tasks} tasks of its array were in the scheduler, which may have ${crowded.limit}`,
  ].flatMap((sentence) => sentence ?? []);
}
