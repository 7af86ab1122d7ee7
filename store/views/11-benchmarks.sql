-- Definitions: docs/metrics.md. Results of MPI benchmark jobs.

-- The jobs of each program that passed. Gflop/s is the mean of the largest jobs.
CREATE VIEW benchmark_figures AS
WITH largest AS (
  SELECT run_id, program, max(ranks) AS most_ranks FROM benchmarks WHERE passed GROUP BY ALL
)
SELECT
  run_id,
  program,
  count(*) AS jobs,
  count(*) FILTER (NOT passed) AS failed,
  any_value(most_ranks) AS ranks,
  avg(gflops) FILTER (passed AND ranks = most_ranks) AS gflops,
  avg(efficiency) FILTER (ranks = most_ranks) AS efficiency,
  min(reason) FILTER (NOT passed) AS reason,
  min(efficiency_reason) FILTER (ranks = most_ranks) AS efficiency_reason
FROM benchmarks LEFT JOIN largest USING (run_id, program)
GROUP BY run_id, program;

CREATE VIEW benchmark_metric_values AS
WITH program_metrics AS (
  SELECT run_id, 'run' AS scope, NULL::VARCHAR AS subject, unnest([
    {name: program || '_gflops', value: gflops, unit: 'Gflop/s',
     reason: 'no job passed: ' || reason,
     definition: 'mean rate of the passed jobs of the most ranks, ' || coalesce(ranks::VARCHAR, '?')
       || ', as the program counts it'},
    {name: program || '_efficiency', value: efficiency, unit: '1',
     reason: coalesce(efficiency_reason, 'no job passed: ' || reason),
     definition: 'mean over those jobs of Gflop/s / (ranks x Gflop/s of the passed jobs of one rank)'},
    {name: program || '_failed', value: failed::DOUBLE, unit: 'jobs', reason: NULL,
     definition: 'jobs that did not complete or whose result did not pass the program''s own check'}
  ], recursive := true)
  FROM benchmark_figures
)
SELECT run_id, name, scope, subject, value, unit, definition,
  CASE WHEN value IS NULL THEN reason END AS reason
FROM program_metrics;
