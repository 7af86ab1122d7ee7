import { z } from "zod";
import { judged, notApplicable, sqlCheck, unknown, unwrappedSql, unwrappedText } from "../check";
import { figures } from "../figures";
import { limits } from "../limits";
import { counted, secondsText } from "../text";
import { pairedMomentsSql } from "./paired-moments";

const row = z.object({
  unwrapped: z.boolean(),
  pairs: z.number(),
  median: z.number().nullable(),
  p99: z.number().nullable(),
  worst: z.number().nullable(),
  job: z.number().nullable(),
  event: z.string().nullable(),
});

/**
 * A job's own start comes after the scheduler's, and its end before: what is on the wrong side, past
 * resolutions and clock offsets, shows a clock that is off or a record of another attempt.
 */
export const sourcesAgree = sqlCheck({
  name: "sources-agree",
  touches: figures.times,
  sql: `
    WITH pairs AS (${pairedMomentsSql}), apart AS (
      SELECT job, event, greatest(0, -lag_s - tolerance_s) AS apart_s FROM pairs
    )
    SELECT ${unwrappedSql} AS unwrapped, count(*)::INTEGER AS pairs, quantile_cont(apart_s, 0.5) AS median,
      quantile_cont(apart_s, 0.99) AS p99, max(apart_s) AS worst,
      first(job ORDER BY apart_s DESC, job) AS job, first(event ORDER BY apart_s DESC, job) AS event
    FROM apart`,
  row,
  judge({ unwrapped, pairs, median, p99, worst, job, event }) {
    if (unwrapped) return notApplicable(unwrappedText);
    if (worst === null) return unknown("no moment was seen by both the scheduler and the wrapper");
    const where = event === "start" ? "start before" : "end after";
    return judged({
      figure: worst,
      limit: limits.wrongSideSeconds,
      unit: "s",
      explanation:
        worst === 0
          ? `${counted(pairs, "moment")} of the scheduler and of the wrapper agree within their resolutions`
          : `the wrapper saw job ${job} ${where} the scheduler did, by ${secondsText(worst)} more than their ` +
            `resolutions; of ${counted(pairs, "moment")} the median is ${secondsText(median ?? 0)} and the ` +
            `99th percentile ${secondsText(p99 ?? 0)}`,
    });
  },
});
