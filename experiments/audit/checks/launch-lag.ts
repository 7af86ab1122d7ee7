import { z } from "zod";
import { notApplicable, noted, sqlCheck, unknown, unwrappedSql, unwrappedText } from "../check";
import { figures } from "../figures";
import { limits } from "../limits";
import { secondsText } from "../text";
import { pairedMomentsSql } from "./paired-moments";

const lag = z.object({
  event: z.string(),
  median: z.number(),
  p99: z.number(),
  worst: z.number(),
  job: z.number(),
});
const row = z.object({ unwrapped: z.boolean(), lags: z.array(lag) });

/** How long cores were held without the job running: wait counts it, utilisation does not. */
export const launchLag = sqlCheck({
  name: "launch-lag",
  touches: figures.waits,
  sql: `
    WITH pairs AS (${pairedMomentsSql}), lags AS (
      SELECT event, quantile_cont(lag_s, 0.5) AS median, quantile_cont(lag_s, 0.99) AS p99,
        max(lag_s) AS worst, first(job ORDER BY lag_s DESC, job) AS job
      FROM pairs GROUP BY event
    )
    SELECT ${unwrappedSql} AS unwrapped, coalesce(
      list({event: event, median: median, p99: p99, worst: worst, job: job} ORDER BY event DESC), [])
      AS lags
    FROM lags`,
  row,
  judge({ unwrapped, lags }) {
    if (unwrapped) return notApplicable(unwrappedText);
    if (lags.length === 0)
      return unknown("no moment was seen by both the scheduler and the wrapper");
    return noted({
      figure: Math.max(...lags.map(({ worst }) => worst)),
      limit: limits.launchLagSeconds,
      unit: "s",
      explanation: lags
        .map(
          ({ event, median, p99, worst, job }) =>
            `${event === "start" ? "from the scheduler's start to the wrapper's" : "from the wrapper's end to the scheduler's"} ` +
            `${secondsText(median)} in the median, ${secondsText(p99)} at the 99th percentile, ` +
            `${secondsText(worst)} at worst (job ${job})`,
        )
        .join("; "),
    });
  },
});
