-- What changes when a run is simulated.
CREATE VIEW simulated_metric_values AS
SELECT * FROM policy_metric_values
UNION ALL BY NAME
SELECT * FROM fairness_metric_values;

-- The long form: every metric of every run, with its unit, definition and the reason of a NULL.
CREATE VIEW metric_values AS
SELECT * FROM run_metric_values
UNION ALL BY NAME
SELECT * FROM subject_metric_values
UNION ALL BY NAME
SELECT * FROM simulated_metric_values
UNION ALL BY NAME
SELECT * FROM benchmark_metric_values;
