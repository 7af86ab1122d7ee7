-- Definitions: docs/metrics.md. Series over time, elasticity, busy cores.

-- What ran and what waited from at_s until until_s (NULL after the last event), according to the
-- counted jobs. A job wants what it requested from its submit to its end, and holds what it was
-- allocated while it runs: before its start, between two attempts and while it is suspended it waits.
-- Events of one instant are summed up: all but the last of them have no length and are left out.
CREATE VIEW core_series AS
WITH demands AS (
  SELECT
    run_id,
    submit_s,
    greatest(submit_s, start_s, end_s) AS end_s,
    coalesce(requested_cores, allocated_cores) AS wanted
  FROM job_times
  WHERE counted
), changes AS (
  SELECT run_id, submit_s AS at_s, 0 AS cores, wanted, 0 AS runs, 1 AS waits FROM demands
  UNION ALL
  SELECT run_id, from_s, cores, -wanted, 1, -1 FROM held_stretches
  UNION ALL
  SELECT run_id, to_s, -cores, wanted, -1, 1 FROM held_stretches
  UNION ALL
  SELECT run_id, end_s, 0, -wanted, 0, -1 FROM demands
), states AS (
  SELECT
    run_id,
    at_s,
    lead(at_s) OVER so_far AS until_s,
    sum(cores) OVER so_far AS running_cores,
    sum(wanted) OVER so_far AS queued_cores,
    sum(runs) OVER so_far AS running_jobs,
    sum(waits) OVER so_far AS queued_jobs
  FROM changes
  WINDOW so_far AS (PARTITION BY run_id ORDER BY at_s ROWS UNBOUNDED PRECEDING)
)
SELECT
  run_id,
  at_s,
  until_s,
  running_cores::BIGINT AS running_cores,
  queued_cores::BIGINT AS queued_cores,
  running_jobs::BIGINT AS running_jobs,
  queued_jobs::BIGINT AS queued_jobs
FROM states
WHERE until_s IS NULL OR until_s > at_s;

-- Busy cores of a node between two samples.
CREATE VIEW busy_series AS
WITH pairs AS (
  SELECT
    run_id,
    node,
    at_s,
    cpu_seconds,
    lead(at_s) OVER (PARTITION BY run_id, node ORDER BY at_s) AS until_s,
    lead(cpu_seconds) OVER (PARTITION BY run_id, node ORDER BY at_s) AS later_cpu_seconds
  FROM samples
)
SELECT run_id, node, at_s, until_s, (later_cpu_seconds - cpu_seconds) / (until_s - at_s) AS busy_cores
FROM pairs
WHERE until_s > at_s
  -- A node that was away in between counts anew.
  AND later_cpu_seconds >= cpu_seconds;

-- Cores that could be scheduled on from from_s until to_s, and the most that the run ever had. The supply
-- of a run with an elastic pool is NULL where it was not recorded.
CREATE VIEW supply_series AS
SELECT
  run_id,
  CASE WHEN row_number() OVER steps = 1 THEN '-infinity'::DOUBLE ELSE at_s END AS from_s,
  coalesce(lead(at_s) OVER steps, 'infinity'::DOUBLE) AS to_s,
  cores::DOUBLE AS supply,
  greatest(max(cores) OVER (PARTITION BY run_id), capacity_cores)::DOUBLE AS largest
FROM supply_steps JOIN runs USING (run_id)
WINDOW steps AS (PARTITION BY run_id ORDER BY at_s)
UNION ALL
SELECT
  run_id, '-infinity'::DOUBLE, 'infinity'::DOUBLE,
  CASE WHEN NOT has_elastic_pool(spec) THEN capacity_cores END::DOUBLE, capacity_cores::DOUBLE
FROM runs ANTI JOIN supply_steps USING (run_id);

-- Demand and supply in cores. Demand is capped at the cluster's largest size.
CREATE VIEW demand_supply_series AS
SELECT
  run_id,
  greatest(at_s, from_s) AS at_s,
  least(until_s, to_s) AS until_s,
  queued_jobs,
  running_cores,
  least(running_cores + queued_cores, largest) AS demand,
  supply
FROM core_series JOIN supply_series USING (run_id)
WHERE until_s > from_s AND at_s < to_s;

-- Queue and elasticity, in one pass. Time without demand counts only in no_demand_share. The total of a
-- share is the sum of its parts, so that no share exceeds 1 because sums in another order are rounded
-- differently.
CREATE VIEW series_figures AS
WITH spans AS (
  SELECT *, until_s - at_s AS span_s FROM demand_supply_series
), sums AS (
  SELECT
    run_id,
    sum(queued_jobs * span_s) AS queued_job_s,
    max(queued_jobs) AS max_queue_length,
    max(running_cores) AS peak_cores,
    sum(span_s) AS whole_s,
    max(supply) AS supply,
    sum(greatest(demand - supply, 0) / demand * span_s) FILTER (demand > 0) AS under,
    sum(greatest(supply - demand, 0) / demand * span_s) FILTER (demand > 0) AS over,
    coalesce(sum(span_s) FILTER (demand > supply), 0) AS under_s,
    coalesce(sum(span_s) FILTER (demand > 0 AND demand < supply), 0) AS over_s,
    coalesce(sum(span_s) FILTER (demand > 0 AND demand = supply), 0) AS met_s,
    coalesce(sum(span_s) FILTER (demand = 0), 0) AS idle_s
  FROM spans
  GROUP BY run_id
), totals AS (
  SELECT *, nullif(over_s + under_s + met_s, 0) AS demand_s FROM sums
)
SELECT
  run_id,
  queued_job_s / whole_s AS mean_queue_length,
  max_queue_length,
  peak_cores,
  CASE WHEN supply > 0 THEN 100 * under / demand_s END AS theta_u,
  CASE WHEN supply > 0 THEN 100 * over / demand_s END AS theta_o,
  CASE WHEN supply > 0 THEN 100 * (under_s / demand_s) END AS tau_u,
  CASE WHEN supply > 0 THEN 100 * (over_s / demand_s) END AS tau_o,
  CASE WHEN supply > 0 THEN idle_s / (idle_s + coalesce(demand_s, 0)) END AS no_demand_share
FROM totals;

-- Allocated share of the capacity in the steady part of the window.
CREATE VIEW steady_figures AS
SELECT
  run_id,
  sum(cores * greatest(0, least(to_s, steady_to_s) - greatest(from_s, steady_from_s)))
    / (any_value(capacity_cores) * (any_value(steady_to_s) - any_value(steady_from_s)))
    AS steady_utilisation
FROM held_stretches JOIN run_windows USING (run_id) JOIN runs USING (run_id)
WHERE steady_to_s > steady_from_s AND capacity_cores > 0
GROUP BY run_id;

-- Share of the compute nodes' cores that was busy between the first and last sample of the window. Emulated
-- nodes have no samples: what their domain used is not their jobs'.
CREATE VIEW busy_figures AS
WITH spans AS (
  SELECT
    run_id,
    node,
    sum(busy_cores * (until_s - at_s)) AS busy_s,
    sum(until_s - at_s) AS span_s
  FROM busy_series JOIN run_windows USING (run_id)
  WHERE at_s >= first_s AND until_s <= last_s
  GROUP BY run_id, node
)
SELECT run_id, sum(busy_s) / sum(span_s * vcpus) AS busy_share
FROM spans JOIN nodes USING (run_id, node)
WHERE role = 'compute' AND emulated_on IS NULL
GROUP BY run_id;
