-- Makes the table log_anonymous from log_rows, with aliases for names and numbers for ids, which may hold a
-- server's or a cluster's name. $1: whether partitions, QOS and constraints are replaced too. $2: seconds by which
-- the calendar goes back. Free text that is no name is not taken over at all.
CREATE OR REPLACE TEMP TABLE log_anonymous AS
WITH good AS (SELECT rowid AS place, * FROM log_rows WHERE problem IS NULL),
arrays AS (
  SELECT "array", row_number() OVER (ORDER BY min(place)) AS number FROM good WHERE "array" IS NOT NULL GROUP BY "array"
),
hets AS (SELECT het, row_number() OVER (ORDER BY min(place)) AS number FROM good WHERE het IS NOT NULL GROUP BY het)
SELECT good.* EXCLUDE (place, problem) REPLACE (
  log_ids.number::VARCHAR AS job,
  NULL::VARCHAR AS label,
  arrays.number::VARCHAR AS "array",
  hets.number::VARCHAR AS het,
  submit - $2 AS submit,
  eligible - $2 AS eligible,
  start - $2 AS start,
  "end" - $2 AS "end",
  users.alias AS "user",
  groups.alias AS "group",
  accounts.alias AS account,
  names.alias AS name,
  CASE WHEN $1 THEN partitions.alias ELSE "partition" END AS "partition",
  CASE WHEN $1 THEN qoses.alias ELSE qos END AS qos,
  CASE WHEN $1 THEN constraints.alias ELSE "constraint" END AS "constraint",
  log_dependencies.mapped AS dependency,
  log_node_lists.mapped AS node_list
)
FROM good
LEFT JOIN log_ids ON log_ids.id = good.job AND log_ids.kind = 'job'
LEFT JOIN arrays ON arrays."array" = good."array"
LEFT JOIN hets ON hets.het = good.het
LEFT JOIN log_aliases AS users ON users.kind = 'user' AND users.name = good."user"
LEFT JOIN log_aliases AS groups ON groups.kind = 'group' AND groups.name = good."group"
LEFT JOIN log_aliases AS accounts ON accounts.kind = 'account' AND accounts.name = good.account
LEFT JOIN log_aliases AS names ON names.kind = 'job' AND names.name = good.name
LEFT JOIN log_aliases AS partitions ON partitions.kind = 'partition' AND partitions.name = good."partition"
LEFT JOIN log_aliases AS qoses ON qoses.kind = 'qos' AND qoses.name = good.qos
LEFT JOIN log_aliases AS constraints ON constraints.kind = 'constraint' AND constraints.name = good."constraint"
LEFT JOIN log_dependencies ON log_dependencies.dependency = good.dependency
LEFT JOIN log_node_lists ON log_node_lists.node_list = good.node_list
ORDER BY good.place;
