import { z } from "zod";
import { clockOffsetSql, judged, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { jobsNamed, secondsText } from "../text";

/** Sums of parts of a job's memory need not add up to the last digit. */
const rounding = 1e-6;
/**
 * A change in the middle of an attempt, such as a suspension, is known from the scheduler only, to
 * a second.
 */
const innerResolutionSeconds = 1;

const row = z.object({
  origin: z.string(),
  /** Jobs that ran, and those of them of which it is known when they held what. */
  started: z.number(),
  held: z.number(),
  place: z.string().nullable(),
  resource: z.string().nullable(),
  at: z.number().nullable(),
  level: z.number().nullable(),
  capacity: z.number().nullable(),
  share: z.number().nullable(),
  jobs: z.array(z.number()),
});

/**
 * An interval is shortened at both ends by the uncertainty of its moments. What is left was
 * certainly held, so a job that starts in the same second in which another one ended is not a
 * violation. A job that names no memory has at least the share of the scarcest node.
 */
export const withinCapacity = sqlCheck({
  name: "within-capacity",
  touches: figures.everything,
  recorded: true,
  sql: `
    WITH run AS (
      FROM runs WHERE run_id = $1
    ), compute AS (
      SELECT *, floor(memory_mib * 7 / 8) AS jobs_memory FROM nodes
      WHERE run_id = $1 AND role = 'compute'
    ), core_share AS (
      SELECT min(floor(jobs_memory / vcpus)) AS memory FROM compute
    ), intervals AS (
      SELECT job, attempt, from_s, to_s FROM held_intervals WHERE run_id = $1
      UNION ALL
      SELECT job, 1, start_s, end_s FROM jobs
      WHERE run_id = $1 AND (SELECT origin FROM run) <> 'live'
        AND NOT EXISTS (FROM held_intervals WHERE run_id = $1)
    ), held AS (
      SELECT
        job,
        nodes_of.nodes,
        -- A job that asked for so many nodes has as much on each of them.
        coalesce(len(nodes_of.nodes) = 1 OR len(nodes_of.nodes) = requested_nodes, false) AS alike,
        coalesce(node_cores, CASE WHEN alike
          THEN [coalesce(cores, allocated_cores) / len(nodes_of.nodes) for node in nodes_of.nodes] END)
          AS node_cores,
        coalesce(cores, allocated_cores)::DOUBLE AS cores,
        coalesce(requested_memory_mib,
          coalesce(cores, allocated_cores) * (SELECT memory FROM core_share)) AS memory,
        requested_gpus::DOUBLE AS gpus,
        from_s + off_s
          + CASE WHEN from_s = attempts.start_s OR attempts.job IS NULL
              THEN coalesce(attempts.start_resolution_ms, jobs.start_resolution_ms, 0) / 1000
              ELSE ${innerResolutionSeconds} END AS from_s,
        to_s - off_s
          - CASE WHEN to_s = attempts.end_s OR attempts.job IS NULL
              THEN coalesce(attempts.end_resolution_ms, jobs.end_resolution_ms, 0) / 1000
              ELSE ${innerResolutionSeconds} END AS to_s
      FROM intervals
      JOIN (FROM jobs WHERE run_id = $1) AS jobs USING (job)
      LEFT JOIN (FROM attempts WHERE run_id = $1) AS attempts USING (job, attempt)
      CROSS JOIN (SELECT ${clockOffsetSql} AS off_s)
      CROSS JOIN LATERAL (SELECT coalesce(attempts.nodes, jobs.nodes) AS nodes) AS nodes_of
    ), placed AS (
      SELECT job, unnest(nodes) AS node, unnest(node_cores)::DOUBLE AS on_node, cores, memory, from_s, to_s
      FROM held WHERE node_cores IS NOT NULL AND from_s < to_s
    ), demands AS (
      SELECT 'the cluster' AS place, unnest([
          {resource: 'cores', amount: cores}, {resource: 'MiB of memory', amount: memory},
          {resource: 'GPUs', amount: gpus}
        ], recursive := true), job, from_s, to_s
      FROM held WHERE from_s < to_s
      UNION ALL BY NAME
      SELECT node AS place, unnest([
          {resource: 'cores', amount: on_node},
          {resource: 'MiB of memory', amount: memory * on_node / cores}
        ], recursive := true), job, from_s, to_s
      FROM placed
      UNION ALL BY NAME
      SELECT unnest(nodes) AS place, 'GPUs' AS resource, gpus / len(nodes) AS amount, job, from_s, to_s
      FROM held WHERE alike AND from_s < to_s
    ), capacities AS (
      SELECT 'the cluster' AS place, 'cores' AS resource, capacity_cores::DOUBLE AS capacity FROM run
      UNION ALL
      SELECT 'the cluster', unnest(['MiB of memory', 'GPUs']),
        unnest([sum(jobs_memory), sum(gpus)])::DOUBLE FROM compute
      UNION ALL
      SELECT node, unnest(['cores', 'MiB of memory', 'GPUs']),
        unnest([vcpus, jobs_memory, gpus])::DOUBLE FROM compute
    ), changes AS (
      SELECT place, resource, from_s AS at_s, amount FROM demands WHERE amount > 0
      UNION ALL
      SELECT place, resource, to_s, -amount FROM demands WHERE amount > 0
    ), levels AS (
      SELECT place, resource, at_s, sum(amount) OVER (
        PARTITION BY place, resource ORDER BY at_s, amount ROWS UNBOUNDED PRECEDING) AS level
      FROM changes
    ), worst AS (
      SELECT place, resource, at_s, level, capacity, level / capacity AS share
      FROM levels JOIN capacities USING (place, resource)
      WHERE capacity > 0 OR level > 0
      ORDER BY round(share, 9) DESC, resource <> 'cores', at_s, place LIMIT 1
    )
    SELECT
      (SELECT origin FROM run) AS origin,
      (SELECT count(*)::INTEGER FROM jobs WHERE run_id = $1 AND start_s IS NOT NULL) AS started,
      (SELECT count(DISTINCT job)::INTEGER FROM held WHERE cores IS NOT NULL) AS held,
      place, resource, at_s AS at, level, capacity, share,
      (SELECT coalesce(list(DISTINCT job ORDER BY job), []) FROM demands
       WHERE demands.place = worst.place AND demands.resource = worst.resource
         AND from_s <= at_s AND to_s > at_s) AS jobs
    FROM (SELECT 1) LEFT JOIN worst ON true`,
  row,
  judge({ origin, started, held, place, resource, at, level, capacity, share, jobs }) {
    if (held === 0 && started > 0) {
      return unknown(
        origin === "live"
          ? "it is not recorded when its jobs held what"
          : "the log does not say what its jobs held",
      );
    }
    if (share === null || level === null || at === null || capacity === null) {
      return unknown(held > 0 ? "the capacity is unknown" : "no job held anything");
    }
    const figure = share > 1 + rounding ? share : Math.min(share, 1);
    const peak = `${round(level)} of ${round(capacity)} ${resource} of ${place} were held at ${secondsText(at)}`;
    const partly =
      held < started ? `; what ${started - held} of ${started} jobs held is unknown` : "";
    return judged({
      figure,
      limit: 1,
      unit: "of the capacity",
      explanation: (figure > 1 ? `${peak} by ${jobsNamed(jobs)}` : `at most ${peak}`) + partly,
    });
  },
});

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
