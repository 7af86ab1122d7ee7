import type { DuckDBConnection } from "@duckdb/node-api";
import { z } from "zod";
import { allListed, listedSchema } from "../../../spec/emulated-list";
import type { Finding } from "../../../store/audits";
import { type Check, judged, notApplicable, unknown } from "../check";
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
  /** Jobs that asked for features or a type of GPU, and had a node of which neither is known. */
  unjudged: z.number(),
});
type Row = z.infer<typeof row>;

const pool = z.looseObject({ emulated: z.unknown().optional() });
const topologySchema = z.looseObject({
  nodes: pool.optional(),
  pools: z.record(z.string(), pool).optional(),
});

/** What the entries of the run's lists of emulated nodes say of each node, as JSON. */
async function listedTraits(connection: DuckDBConnection, runId: string): Promise<string> {
  const reader = await connection.runAndReadAll(
    "SELECT json_extract(spec, '$.topology')::VARCHAR AS topology FROM runs WHERE run_id = $1",
    [runId],
  );
  const text = z.string().nullish().parse(reader.getRowObjectsJS()[0]?.topology);
  const { nodes, pools = {} } = topologySchema.parse(JSON.parse(text ?? "{}"));
  const traits = [nodes, ...Object.values(pools)].flatMap((shape) => {
    const list = listedSchema.safeParse(shape?.emulated);
    return list.success ? allListed(list.data) : [];
  });
  return JSON.stringify(traits.map(({ name, features, gpuType }) => ({ name, features, gpuType })));
}

/**
 * What a job asked of its nodes, against the nodes that the scheduler says it had: how many, and that each has the
 * features and the type of GPU. What it held of memory and GPUs no scheduler tells the harness, so `within-capacity`
 * takes it as asked for.
 */
export const asksKept: Check = {
  name: "asks-kept",
  touches: figures.everything,
  recorded: false,
  async find(connection, runId) {
    const parameters = [runId, await listedTraits(connection, runId)];
    const reader = await connection.runAndReadAll(sql, parameters);
    return judge(row.parse(reader.getRowObjectsJS()[0]));
  },
};

const sql = `
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
      AND json_extract_string(shape, '$.emulated.from') IS DISTINCT FROM 'list'
    UNION ALL
    SELECT one.name, coalesce(one.features, []), one."gpuType"
    FROM (
      SELECT unnest(from_json($2::JSON, '[{"name":"VARCHAR","features":["VARCHAR"],"gpuType":"VARCHAR"}]')) AS one
    )
  ), asking AS (
    FROM jobs WHERE run_id = $1 AND start_s IS NOT NULL
      AND (requested_nodes IS NOT NULL OR constraint_ IS NOT NULL OR (gpu_type IS NOT NULL AND requested_gpus > 0))
  ), placed AS (
    SELECT job, requested_nodes, constraint_, asking.gpu_type, requested_gpus, node, traits
    FROM (SELECT *, unnest(nodes) AS node FROM asking) AS asking LEFT JOIN traits USING (node)
  ), found AS (
    SELECT job,
      any_value(requested_nodes) <> count(DISTINCT node) AS other_nodes,
      bool_or(traits.features IS NOT NULL AND constraint_ IS NOT NULL
        AND NOT list_has_all(traits.features, string_split(constraint_, '&'))) AS lack_feature,
      bool_or(traits.features IS NOT NULL AND requested_gpus > 0
        AND gpu_type IS NOT NULL AND traits.gpu_type IS DISTINCT FROM gpu_type) AS other_type,
      bool_or(traits.features IS NULL
        AND (constraint_ IS NOT NULL OR (gpu_type IS NOT NULL AND requested_gpus > 0))) AS unjudged
    FROM placed GROUP BY job
  )
  SELECT
    (SELECT count(*)::INTEGER FROM asking) AS asked,
    (SELECT count(*)::INTEGER FROM found) AS known,
    (SELECT coalesce(list(job ORDER BY job), []) FROM found WHERE other_nodes) AS "otherNodes",
    (SELECT coalesce(list(job ORDER BY job), []) FROM found WHERE lack_feature) AS "lackFeature",
    (SELECT coalesce(list(job ORDER BY job), []) FROM found WHERE other_type) AS "otherType",
    (SELECT count(*)::INTEGER FROM found WHERE unjudged) AS unjudged`;

function judge({ asked, known, otherNodes, lackFeature, otherType, unjudged }: Row): Finding {
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
  const was = unjudged === 1 ? "was" : "were";
  const blind =
    unjudged > 0
      ? `; ${counted(unjudged, "job")} ${was} not judged by features and type of GPU, which are unknown of a node`
      : "";
  return judged({
    figure: wrong,
    limit: 0,
    unit: "jobs",
    explanation:
      (wrong === 0 ? `${counted(known, "job")} ran on nodes as asked for` : listed(parts)) +
      unseen +
      blind,
  });
}
