-- Definitions: docs/simulation.md. The same jobs under simulated policies beside a run.

-- The figures of each simulated schedule, and how far the run's own starts are from it.
CREATE VIEW simulation_figures AS
WITH sums AS (
  SELECT
    simulated_jobs.run_id,
    simulated_jobs.policy,
    count(*) AS simulated,
    max(simulated_start_s + run_s) - min(submit_s) AS simulated_makespan,
    avg(simulated_start_s - submit_s) AS simulated_mean_wait,
    max(simulated_start_s - submit_s) AS simulated_max_wait,
    avg(simulated_start_s + run_s - submit_s) AS simulated_mean_turnaround,
    avg(greatest(1, (simulated_start_s - submit_s + run_s) / greatest(run_s, tau())))
      AS simulated_mean_bounded_slowdown,
    sum(allocated_cores * run_s) AS core_seconds,
    avg(deviation_s) AS mean_deviation,
    quantile_cont(deviation_s, 0.05) AS p5_deviation,
    quantile_cont(deviation_s, 0.5) AS median_deviation,
    quantile_cont(deviation_s, 0.95) AS p95_deviation,
    max(deviation_s) AS max_deviation,
    sum(unfairness_s) AS unfairness,
    avg(unfairness_s) AS mean_unfairness,
    count(*) FILTER (unfairness_s > 0) AS delayed_jobs,
    sum(simulated_unfairness_s) AS simulated_unfairness
  FROM simulated_jobs JOIN job_times USING (run_id, job)
  GROUP BY ALL
)
SELECT
  sums.run_id,
  sums.policy,
  tie_rule,
  * EXCLUDE (run_id, policy, tie_rule, procs, core_seconds),
  CASE WHEN simulated_makespan > 0 THEN core_seconds / (procs * simulated_makespan) END
    AS simulated_utilisation
FROM sums JOIN simulations USING (run_id, policy);

-- Against EASY backfilling, whatever the scheduler: one yardstick for all runs.
CREATE VIEW fair_figures AS
SELECT run_id, unfairness, mean_unfairness, delayed_jobs, tie_rule
FROM simulation_figures WHERE policy = 'easy';
