-- Makes the table log_jobs, one row a job, and log_attempts, of the jobs with several rows, from log_rows.
-- A job with several has the submission of the first and everything else of the last.
-- A row goes on with the job of the row before it that has its id: where that one was put back into the
-- queue, or where both were submitted at the same moment. Otherwise the id was used again.
CREATE OR REPLACE TEMP TABLE log_attempts AS
WITH good AS (
  SELECT rowid AS place, job, submit, start, "end", state, allocated_cores, nodes, allocated_nodes, node_list
  FROM log_rows
  WHERE problem IS NULL AND job IN (
    SELECT job FROM log_rows WHERE problem IS NULL AND job IS NOT NULL GROUP BY job HAVING count(*) > 1)
),
distinct_rows AS (
  SELECT *, row_number() OVER (PARTITION BY job, submit, start, "end", state ORDER BY place) > 1 AS twice
  FROM good
),
marked AS (
  SELECT *, coalesce(
      lag(state) OVER byStart NOT IN ('requeued', 'preempted', 'node-failed')
        AND lag(submit) OVER byStart <> submit, true) AS begins
  FROM distinct_rows WHERE NOT twice
  WINDOW byStart AS (PARTITION BY job ORDER BY coalesce(start, submit), place)
),
grouped AS (
  SELECT *, sum(begins::INTEGER) OVER (
      PARTITION BY job ORDER BY coalesce(start, submit), place ROWS UNBOUNDED PRECEDING) AS generation
  FROM marked
),
counted AS (
  SELECT *,
    row_number() OVER inJob AS attempt,
    first_value(place) OVER inJob AS job_place,
    count(*) OVER (PARTITION BY job, generation) AS attempts,
    -- An attempt was given nodes that the job did not ask for.
    bool_or(nodes IS NULL AND allocated_nodes IS NOT NULL) OVER (PARTITION BY job, generation) AS nodes_unasked
  FROM grouped
  WINDOW inJob AS (PARTITION BY job, generation ORDER BY coalesce(start, submit), place)
)
SELECT job_place, attempt, attempts, place, false AS twice, start, "end", state, allocated_cores, nodes, nodes_unasked,
  allocated_nodes, node_list
FROM counted WHERE attempts > 1
UNION ALL BY NAME
SELECT place, twice FROM distinct_rows WHERE twice;

CREATE OR REPLACE TEMP TABLE log_jobs AS
WITH merged AS (
  SELECT rows.rowid AS place,
    rows.* REPLACE (
      CASE WHEN last.place IS NULL THEN rows.start ELSE last.start END AS start,
      CASE WHEN last.place IS NULL THEN rows."end" ELSE last."end" END AS "end",
      coalesce(last.state, rows.state) AS state,
      coalesce(last.allocated_cores, rows.allocated_cores) AS allocated_cores,
      CASE WHEN last.nodes_unasked IS NOT TRUE THEN coalesce(last.nodes, rows.nodes) END AS nodes,
      coalesce(last.allocated_nodes, rows.allocated_nodes) AS allocated_nodes,
      coalesce(last.node_list, rows.node_list) AS node_list
    ),
    coalesce(last.attempts, 1) AS attempts
  FROM log_rows AS rows
  LEFT JOIN (SELECT * FROM log_attempts WHERE attempt = attempts) AS last ON last.job_place = rows.rowid
  WHERE rows.problem IS NULL
    AND rows.rowid NOT IN (SELECT place FROM log_attempts WHERE twice OR attempt > 1)
),
limits AS (
  SELECT "array", max(array_limit) AS array_limit FROM merged WHERE array_limit IS NOT NULL GROUP BY ALL
),
tasks AS (
  SELECT * REPLACE (
      job || '_' || task AS job, "array" || '_' || task AS label, task::INTEGER AS array_task)
  FROM (SELECT *, unnest(log_tasks(array_tasks)) AS task FROM merged WHERE array_tasks IS NOT NULL)
  UNION ALL BY NAME
  SELECT * FROM merged WHERE array_tasks IS NULL
)
SELECT row_number() OVER (ORDER BY place, task) - 1 AS place,
  tasks.* EXCLUDE (place, task) REPLACE (limits.array_limit AS array_limit),
  place AS first_row
FROM tasks LEFT JOIN limits USING ("array");
