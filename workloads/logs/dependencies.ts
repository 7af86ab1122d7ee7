import type { DuckDBConnection } from "@duckdb/node-api";
import type { Dependency } from "../asks";

/**
 * What a replay has of a dependency such as `afterok:12:13,afterany:14+5`, with ids of the log. Other kinds, and parts
 * in which one of several is enough (`afterok:12?afterok:13`), are left out.
 */
export function keptDependencies(
  text: string,
): readonly { readonly type: Dependency["type"]; readonly ids: readonly string[] }[] {
  return text.split(",").flatMap((part) => {
    const [type, ...ids] = part.split(":");
    if ((type !== "afterok" && type !== "afterany") || part.includes("?")) return [];
    return [{ type, ids: ids.map((id) => id.replace(/[+(].*$/, "")) }];
  });
}

/** Jobs of `log_jobs` with a dependency of another kind than a replay has, and with one on a whole array. */
const dropped = `
  WITH parts AS (
    SELECT place, unnest(string_split(dependency, ',')) AS part FROM log_jobs WHERE dependency IS NOT NULL
  ),
  kinds AS (SELECT *, regexp_matches(part, '^after(ok|any):[^?]*$') AS known FROM parts),
  ids AS (
    SELECT place, regexp_replace(unnest(string_split(part, ':')[2:]), '[+(].*$', '') AS id FROM kinds WHERE known
  )
  SELECT
    (SELECT count(DISTINCT place) FROM kinds WHERE NOT known)::DOUBLE,
    (SELECT count(DISTINCT place) FROM ids
      WHERE id NOT IN (SELECT job FROM log_jobs WHERE job IS NOT NULL)
        AND id NOT IN (SELECT label FROM log_jobs WHERE label IS NOT NULL)
        AND regexp_replace(id, '(\\[\\]|_\\*)', '') IN
          (SELECT regexp_replace("array", '\\[\\]', '') FROM log_jobs WHERE "array" IS NOT NULL))::DOUBLE`;

/** How many jobs have dependencies that their jobs in a replay do not have, by what those are. */
export async function droppedDependencies(
  connection: DuckDBConnection,
): Promise<readonly (readonly [string, number])[]> {
  const any = await connection.runAndReadAll("SELECT count(dependency) > 0 FROM log_jobs");
  if (any.getRows()[0]?.[0] !== true) return [];
  const found = await connection.runAndReadAll(dropped);
  const [kinds, arrays] = (found.getRows()[0] ?? []).map(Number);
  const counts = [
    ["job with a dependency that is neither afterok nor afterany, which is left out", kinds ?? 0],
    ["job with a dependency on a whole array, which is left out", arrays ?? 0],
  ] as const;
  return counts.filter(([, jobs]) => jobs > 0);
}
