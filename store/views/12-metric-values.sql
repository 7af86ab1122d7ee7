-- What changes when a run is simulated.
CREATE VIEW simulated_metric_values AS
SELECT * FROM policy_metric_values
UNION ALL BY NAME
SELECT * FROM fairness_metric_values;

-- The long form: every metric of every run, with its unit, definition and the reason of a NULL. Of runs
-- whose supply could change, the metrics of their nodes are in elastic_metric_values.
CREATE VIEW common_metric_values AS
SELECT * FROM run_metric_values
UNION ALL BY NAME
SELECT * FROM order_metric_values
UNION ALL BY NAME
SELECT * FROM fixed_metric_values
UNION ALL BY NAME
SELECT * FROM subject_metric_values
UNION ALL BY NAME
SELECT * FROM simulated_metric_values
UNION ALL BY NAME
SELECT * FROM benchmark_metric_values;

CREATE VIEW metric_values AS
SELECT * FROM common_metric_values
UNION ALL BY NAME
SELECT * FROM elastic_metric_values;
