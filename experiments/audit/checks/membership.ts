import { z } from "zod";
import { clockOffsetSql, judged, sqlCheck } from "../check";
import { figures } from "../figures";
import { limits } from "../limits";
import { counted, jobsNamed, listed, secondsText } from "../text";

const jobOnNode = z.object({ node: z.string(), job: z.number(), seconds: z.number() });
const row = z.object({
  joins: z.number(),
  leaves: z.number(),
  /** Jobs that were running on a node when it left. */
  abandoned: z.array(jobOnNode),
  /** Jobs that started on a node while it was not schedulable. */
  misplaced: z.array(jobOnNode),
  /** Jobs of several attempts without exactly one end. */
  unsettled: z.array(z.number()),
  /** Attempts that were not looked at: nobody says on which nodes they were. */
  unplaced: z.number(),
  requeued: z.number(),
  /** Nodes whose joining had no outcome. */
  hanging: z.array(z.object({ node: z.string(), seconds: z.number() })),
  /** Nodes that a decision took in and of which nothing was heard. */
  unheard: z.array(z.string()),
});

/**
 * Nodes that come and go take no job with them: none runs on a node that leaves, none starts on one that is
 * not schedulable, a job that goes back to the queue has one outcome in the end, and so has every joining
 * of a node. A job counts as begun where its scheduler placed it, which may be before its wrapper runs.
 * Moments are compared within their resolutions and the clocks' offsets.
 */
export const membership = sqlCheck({
  name: "membership",
  touches: [...figures.nodes, "n", "failed_jobs"],
  only: "elastic",
  sql: `
    WITH own_events AS (
      FROM node_events WHERE run_id = $1
    ), stays AS (
      SELECT *, (SELECT coalesce(max(resolution_ms), 0) / 1000 FROM own_events) AS events_within_s
      FROM node_stays WHERE run_id = $1
    ), own_attempts AS (
      SELECT job, attempt, unnest(nodes) AS node, start_s, end_s,
        coalesce(start_resolution_ms, 0) / 1000 + ${clockOffsetSql} AS start_within_s,
        coalesce(end_resolution_ms, 0) / 1000 + ${clockOffsetSql} AS end_within_s
      FROM attempts WHERE run_id = $1
    ), placements AS (
      SELECT job, at_s FROM job_events WHERE run_id = $1 AND event = 'start' AND source = 'scheduler'
    ), placed AS (
      SELECT own_attempts.*,
        CASE WHEN start_s - at_s <= ${limits.launchLagSeconds} THEN at_s ELSE start_s END AS placed_s
      FROM own_attempts ASOF LEFT JOIN placements
        ON own_attempts.job = placements.job AND own_attempts.start_s >= placements.at_s
    ), abandoned AS (
      SELECT node, job, left_s AS at_s
      FROM stays JOIN own_attempts USING (node)
      WHERE start_s + start_within_s + events_within_s < left_s
        AND coalesce(end_s, 'infinity'::DOUBLE) - end_within_s - events_within_s > left_s
    ), elastic_nodes AS (
      SELECT node FROM nodes JOIN elastic_pools USING (run_id, pool)
      WHERE run_id = $1 AND role = 'compute'
    ), misplaced AS (
      SELECT node, job, start_s AS at_s
      FROM placed SEMI JOIN elastic_nodes USING (node)
      WHERE NOT EXISTS (
        FROM stays
        WHERE stays.node = placed.node
          AND start_s + start_within_s + events_within_s
            >= coalesce(schedulable_s, CASE WHEN decided_s IS NULL THEN from_s END, 'infinity'::DOUBLE)
          AND placed_s - start_within_s - events_within_s
            <= coalesce(least(draining_s, drained_s, to_s), 'infinity'::DOUBLE)
      )
    ), repeated AS (
      SELECT job, max(attempt) AS attempts, max(start_s - start_within_s) AS last_start_s
      FROM own_attempts GROUP BY job HAVING max(attempt) > 1
    ), unsettled AS (
      SELECT job
      FROM repeated JOIN (FROM jobs WHERE run_id = $1) AS jobs USING (job)
      WHERE state IN ('planned', 'submitted', 'running', 'lost')
        OR end_s IS NULL
        OR last_start_s > end_s + coalesce(end_resolution_ms, 0) / 1000
        OR (SELECT count(DISTINCT scheduler_job) FROM scheduler_jobs
            WHERE run_id = $1 AND scheduler_jobs.job = jobs.job AND scheduler_jobs.end_s IS NOT NULL) > 1
    ), over AS (
      SELECT coalesce(epoch(finished_at - started_at), (SELECT max(end_s) FROM jobs WHERE run_id = $1)) AS over_s
      FROM runs WHERE run_id = $1
    ), hanging AS (
      SELECT node, decided_s AS at_s
      FROM stays JOIN elastic_pools USING (run_id, pool), over
      WHERE decided_s IS NOT NULL AND coalesce(schedulable_s, left_s, given_up_s, lost_s) IS NULL
        AND (to_s IS NOT NULL OR over_s - decided_s > deadline_s + ${limits.givingUpSeconds})
    ), unheard AS (
      SELECT DISTINCT node FROM (
        SELECT unnest(joined) AS node FROM scaling_decisions WHERE run_id = $1
      ) WHERE node NOT IN (SELECT node FROM own_events WHERE event = 'join-decided')
    )
    SELECT
      (SELECT count(decided_s)::INTEGER FROM stays) AS joins,
      (SELECT count(left_s)::INTEGER FROM stays) AS leaves,
      (SELECT count(*)::INTEGER FROM repeated) AS requeued,
      (SELECT count(*)::INTEGER FROM attempts WHERE run_id = $1 AND coalesce(len(nodes), 0) = 0) AS unplaced,
      (SELECT coalesce(list({node: node, job: job, seconds: at_s} ORDER BY at_s, node, job), []) FROM abandoned) AS abandoned,
      (SELECT coalesce(list({node: node, job: job, seconds: at_s} ORDER BY at_s, node, job), []) FROM misplaced) AS misplaced,
      (SELECT coalesce(list(job ORDER BY job), []) FROM unsettled) AS unsettled,
      (SELECT coalesce(list({node: node, seconds: at_s} ORDER BY at_s, node), []) FROM hanging) AS hanging,
      (SELECT coalesce(list(node ORDER BY node), []) FROM unheard) AS unheard`,
  row,
  judge(found) {
    const { joins, leaves, requeued, abandoned, misplaced, unsettled, hanging, unheard } = found;
    const figure =
      abandoned.length + misplaced.length + unsettled.length + hanging.length + unheard.length;
    const [left, started, hung] = [abandoned[0], misplaced[0], hanging[0]];
    const unseen =
      found.unplaced > 0 &&
      `${counted(found.unplaced, "attempt")} could not be looked at, since nobody says on which nodes`;
    return judged({
      figure,
      limit: 0,
      unit: "cases",
      explanation:
        figure === 0
          ? listed([
              `no job ran on a node that left, and none started on one that was not schedulable: ` +
                `${counted(joins, "join")}, ${counted(leaves, "leave")}, ${counted(requeued, "job")} of several attempts`,
              unseen,
            ])
          : listed([
              left !== undefined &&
                `job ${left.job} was running on ${left.node} when it left at ${secondsText(left.seconds)}${further(abandoned)}`,
              started !== undefined &&
                `job ${started.job} started on ${started.node} at ${secondsText(started.seconds)}, when it was not schedulable${further(misplaced)}`,
              unsettled.length > 0 &&
                `${jobsNamed(unsettled)} had several attempts and not exactly one outcome`,
              hung !== undefined &&
                `the joining of ${hung.node}, decided at ${secondsText(hung.seconds)}, ended neither in its being schedulable nor in its being given up${further(hanging)}`,
              unheard.length > 0 &&
                `${jobsNamed(unheard, "node")} ${unheard.length === 1 ? "was" : "were"} taken in by a decision, and no event tells of it`,
            ]),
    });
  },
});

function further(found: readonly unknown[]): string {
  return found.length > 1 ? `, and ${counted(found.length - 1, "more such case")}` : "";
}
