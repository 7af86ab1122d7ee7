import { z } from "zod";
import { clockFactorSql, judged, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { limits } from "../limits";
import { percentText, secondsText } from "../text";
import { hostStepsSql } from "./host-window";

/** Of the host: long enough for the moments of the nodes' samples not to matter. */
const stretchSeconds = 10;

const row = z.object({
  domain: z.string().nullable(),
  sampled: z.number(),
  nodes: z.number(),
  /** Shares of the host's CPU time. */
  busy: z.number().nullable(),
  ours: z.number().nullable(),
  foreign: z.number().nullable(),
  worstFrom: z.number().nullable(),
  worstShare: z.number().nullable(),
  /** Seconds of the run. */
  stretch: z.number(),
});

/**
 * CPU time of the host beside the nodes' and the harness's. A container's CPU time is the host's; under
 * KVM what the machine monitor needs counts as foreign; an emulated node uses many times of what it sees
 * itself, so that nothing can be told.
 */
export const quietHost = sqlCheck({
  name: "quiet-host",
  touches: figures.measured,
  sql: `
    WITH steps AS (${hostStepsSql}), bounds AS (
      SELECT min(at_s) AS first_s, max(until_s) AS last_s, sum(busy) AS busy, sum(idle) AS idle,
        sum(steal) AS steal, sum(harness) AS harness
      FROM steps
    ), domains AS (
      SELECT node, pool IN (SELECT pool FROM elastic_pools WHERE run_id = $1) AS elastic
      FROM nodes WHERE run_id = $1 AND emulated_on IS NULL
    ), rates AS (
      -- Each node at its mean rate, as its samples and the host's are of different moments. One that comes
      -- and goes used nothing while it was away.
      SELECT
        node,
        sum(busy_cores * (until_s - at_s)) / CASE WHEN any_value(elastic)
          THEN any_value(last_s - first_s) ELSE sum(until_s - at_s) END AS cores
      FROM busy_series JOIN domains USING (node), bounds
      WHERE run_id = $1 AND at_s >= first_s AND until_s <= last_s
      GROUP BY node
    ), whole AS (
      SELECT busy, busy + idle + steal AS total,
        harness + (SELECT sum(cores) FROM rates) * (last_s - first_s) AS ours
      FROM bounds
    ), scale AS (
      SELECT ${stretchSeconds} * ${clockFactorSql} AS width
    ), host_stretches AS (
      SELECT floor(at_s / width) AS stretch, sum(busy - harness) AS busy,
        sum(busy + idle + steal) AS total, sum(until_s - at_s) AS length
      FROM steps, scale WHERE until_s IS NOT NULL GROUP BY stretch
    ), node_stretches AS (
      SELECT stretch, sum(cores) AS cores FROM (
        SELECT floor(at_s / width) AS stretch, node,
          sum(busy_cores * (until_s - at_s)) / sum(until_s - at_s) AS cores
        FROM busy_series, scale WHERE run_id = $1 GROUP BY ALL
      ) GROUP BY stretch
    ), stretches AS (
      SELECT stretch * width AS from_s, (busy - coalesce(cores, 0) * length) / total AS share
      FROM host_stretches LEFT JOIN node_stretches USING (stretch), scale
      WHERE length >= width / 2
    )
    SELECT
      (SELECT domain FROM runs WHERE run_id = $1) AS domain,
      (SELECT count(until_s)::INTEGER FROM steps) AS sampled,
      (SELECT count(*)::INTEGER FROM domains ANTI JOIN rates USING (node) WHERE NOT elastic) AS nodes,
      busy / total AS busy, ours / total AS ours, greatest(0, busy - ours) / total AS foreign,
      (SELECT arg_max(from_s, share) FROM stretches) AS "worstFrom",
      (SELECT max(share) FROM stretches) AS "worstShare",
      (SELECT width FROM scale) AS stretch
    FROM whole`,
  row,
  judge({ domain, sampled, nodes, busy, ours, foreign, worstFrom, worstShare, stretch }) {
    if (sampled === 0) return unknown("the host's load during the run was not sampled");
    if (domain === "qemu") {
      return unknown("what emulated nodes use of the host cannot be told from their own samples");
    }
    if (busy === null || ours === null || foreign === null || nodes > 0) {
      return unknown("not every node's CPU time was sampled");
    }
    const worst =
      worstShare === null || worstFrom === null
        ? ""
        : `; most beside them, ${percentText(Math.max(0, worstShare))}, in the ${stretch} s from ${secondsText(worstFrom)}`;
    return judged({
      figure: foreign,
      limit: limits.foreignShare,
      unit: "of the host's CPU time",
      explanation:
        `the host was busy for ${percentText(busy)} of its CPU time, of which nodes and harness used ` +
        `${percentText(Math.min(ours, busy))} and others ${percentText(foreign)}${worst}`,
    });
  },
});
