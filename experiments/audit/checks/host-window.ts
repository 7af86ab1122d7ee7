/** SQL: the host's samples from the first submission to the last end, as steps between two of them. */
export const hostStepsSql = `
  WITH span AS (
    SELECT min(coalesce(due_s, submit_s)) AS first_s, max(end_s) AS last_s FROM jobs WHERE run_id = $1
  )
  SELECT
    at_s,
    lead(at_s) OVER in_order AS until_s,
    lead(busy_s) OVER in_order - busy_s AS busy,
    lead(idle_s) OVER in_order - idle_s AS idle,
    lead(steal_s) OVER in_order - steal_s AS steal,
    lead(harness_s) OVER in_order - harness_s AS harness
  FROM host_samples, span
  WHERE run_id = $1 AND at_s BETWEEN first_s AND last_s
  WINDOW in_order AS (ORDER BY at_s)`;
