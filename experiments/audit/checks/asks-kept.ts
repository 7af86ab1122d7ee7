import { z } from "zod";
import { type Check, judged, notApplicable, sqlCheck, unknown } from "../check";
import { figures } from "../figures";
import { counted, jobsNamed, listed } from "../text";

const jobNumbers = z.array(z.number());
const row = z.object({
  /** Jobs that ran and asked for nodes, features or a type of GPU; those whose nodes are known. */
  asked: z.number(),
  known: z.number(),
  otherNodes: jobNumbers,
  lackFeature: jobNumbers,
  otherType: jobNumbers,
});

/**
 * What a job asked of its nodes, against the nodes that the scheduler says it had: how many, and that each has the
 * features and the type of GPU. What it held of memory and GPUs no scheduler tells the harness, so `within-capacity`
 * takes it as asked for.
 */
export const asksKept: Check = sqlCheck({
  name: "asks-kept",
  touches: figures.everything,
  sql: `
    WITH topology AS (
      SELECT json_extract(spec, '$.topology') AS topology FROM runs WHERE run_id = $1
    ), pools AS (
      SELECT 'nodes' AS pool, json_extract(topology, '$.nodes') AS shape FROM topology
      UNION ALL
      SELECT pool, json_extract(topology, '$.pools.' || pool)
      FROM (SELECT topology, unnest(json_keys(topology, '$.pools')) AS pool FROM topology)
    ), traits AS (
      SELECT node,
        coalesce(from_json(json_extract(shape, '$.features'), '["VARCHAR"]'), []) AS features,
        CASE WHEN json_exists(shape, '$.emulated')
          THEN json_extract_string(shape, '$.emulated.gpuType')
          ELSE json_extract_string(shape, '$.gpuType') END AS gpu_type
      FROM nodes JOIN pools USING (pool) WHERE run_id = $1 AND role = 'compute'
    ), asking AS (
      FROM jobs WHERE run_id = $1 AND start_s IS NOT NULL
        AND (requested_nodes IS NOT NULL OR constraint_ IS NOT NULL OR (gpu_type IS NOT NULL AND requested_gpus > 0))
    ), placed AS (
      SELECT job, requested_nodes, constraint_, asking.gpu_type, requested_gpus, node, traits
      FROM (SELECT *, unnest(nodes) AS node FROM asking) AS asking LEFT JOIN traits USING (node)
    ), found AS (
      SELECT job,
        any_value(requested_nodes) <> count(DISTINCT node) AS other_nodes,
        bool_or(traits IS NOT NULL AND constraint_ IS NOT NULL
          AND NOT list_has_all(traits.features, string_split(constraint_, '&'))) AS lack_feature,
        bool_or(traits IS NOT NULL AND requested_gpus > 0
          AND gpu_type IS NOT NULL AND traits.gpu_type IS DISTINCT FROM gpu_type) AS other_type
      FROM placed GROUP BY job
    )
    SELECT
      (SELECT count(*)::INTEGER FROM asking) AS asked,
      (SELECT count(*)::INTEGER FROM found) AS known,
      (SELECT coalesce(list(job ORDER BY job), []) FROM found WHERE other_nodes) AS "otherNodes",
      (SELECT coalesce(list(job ORDER BY job), []) FROM found WHERE lack_feature) AS "lackFeature",
      (SELECT coalesce(list(job ORDER BY job), []) FROM found WHERE other_type) AS "otherType"`,
  row,
  judge({ asked, known, otherNodes, lackFeature, otherType }) {
    if (asked === 0)
      return notApplicable("no job that ran asked for nodes, features or a type of GPU");
    if (known === 0) return unknown("which nodes the jobs ran on is not known");
    const wrong = new Set([...otherNodes, ...lackFeature, ...otherType]).size;
    const parts = [
      otherNodes.length > 0 &&
        `${jobsNamed(otherNodes)} ran on another number of nodes than asked for`,
      lackFeature.length > 0 &&
        `${jobsNamed(lackFeature)} ran on a node without the features asked for`,
      otherType.length > 0 &&
        `${jobsNamed(otherType)} ran on a node with another type of GPU than asked for`,
    ];
    const unseen = known < asked ? `; the nodes of ${asked - known} others are unknown` : "";
    return judged({
      figure: wrong,
      limit: 0,
      unit: "jobs",
      explanation:
        (wrong === 0 ? `${counted(known, "job")} ran on nodes as asked for` : listed(parts)) +
        unseen,
    });
  },
});
