import { z } from "zod";
import { judged, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { limits } from "../limits";
import { counted } from "../text";

const row = z.object({
  nodes: z.number(),
  before: z.number(),
  after: z.number(),
  worst: z.number().nullable(),
  node: z.string().nullable(),
  when: z.string().nullable(),
});

/** Measured against the harness's clock before the replay and after the last job. */
export const clocks = sqlCheck({
  name: "clocks",
  touches: figures.times,
  sql: `
    WITH own AS (
      -- An emulated node has its domain's clock.
      FROM nodes WHERE run_id = $1 AND emulated_on IS NULL
    ), offsets AS (
      SELECT node, 'before the replay' AS moment, clock_offset_ms AS ms FROM own
      UNION ALL
      SELECT node, 'after the last job', clock_offset_after_ms FROM own
    )
    SELECT
      (SELECT count(*)::INTEGER FROM own) AS nodes,
      (SELECT count(clock_offset_ms)::INTEGER FROM own) AS before,
      (SELECT count(clock_offset_after_ms)::INTEGER FROM own) AS after,
      worst.*
    FROM (SELECT 1) LEFT JOIN (
      SELECT ms AS worst, node, moment AS "when" FROM offsets WHERE ms IS NOT NULL
      ORDER BY abs(ms) DESC, node, moment DESC LIMIT 1
    ) AS worst ON true`,
  row,
  judge({ nodes, before, after, worst, node, when }) {
    if (worst === null) return unknown("no clock was measured");
    const unmeasured = [
      ...(before < nodes ? [`${counted(nodes - before, "clock")} unknown before the replay`] : []),
      ...(after < nodes ? [`${counted(nodes - after, "clock")} unknown after the last job`] : []),
    ];
    const direction = worst < 0 ? "behind" : "ahead of";
    return judged({
      figure: Math.abs(worst),
      limit: limits.clockOffsetMs,
      unit: "ms",
      explanation: [
        `the clock of ${node} was ${Math.abs(worst).toFixed(1)} ms ${direction} the harness's ${when}, the most of ${counted(nodes, "node")}`,
        ...unmeasured,
      ].join("; "),
    });
  },
});
