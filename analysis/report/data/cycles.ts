import type { DuckDBConnection } from "@duckdb/node-api";
import { z } from "zod";
import { rows } from "../../query";

/** More readings than this could not be seen. */
const maxReadings = 400;

export const cycleSchema = z.object({
  /** The scheduler's own word for what took so long. */
  name: z.string(),
  /** In the order of time: seconds of the run, milliseconds. */
  readings: z.array(z.object({ at: z.number(), ms: z.number() })),
  /** Seconds that each reading is the mean of; null where every one is there. */
  averagedOver: z.number().nullable(),
});
/** What took a scheduler the longest of what it does again and again: a cycle, a session, a match. */
export type Cycle = z.infer<typeof cycleSchema>;

/** By run, for those of these runs whose scheduler told it. Single calls and parts of a cycle are left out. */
export async function readCycles(
  connection: DuckDBConnection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Cycle>> {
  const these = `run_id IN (${ids.map((_, index) => `$${index + 1}`).join(", ")})`;
  const told = await rows(
    connection,
    `SELECT DISTINCT run_id FROM scheduler_internals WHERE ${these}`,
    [...ids],
  );
  if (told.length === 0) return new Map();
  const found = await rows(
    connection,
    `WITH cycles AS (
       SELECT run_id, name, at_s, ms FROM internal_durations
       WHERE ${these} AND name NOT LIKE 'rpc\\_%' ESCAPE '\\' AND name NOT LIKE 'action\\_%' ESCAPE '\\'
     ), longest AS (
       SELECT run_id, arg_max(name, (mean, name)) AS name
       FROM (SELECT run_id, name, avg(ms) AS mean FROM cycles GROUP BY ALL) GROUP BY run_id
     ), shown AS (
       SELECT cycles.*, count(*) OVER own AS readings,
         (max(at_s) OVER own - min(at_s) OVER own) / ${maxReadings} AS width, min(at_s) OVER own AS first_s
       FROM cycles JOIN longest USING (run_id, name)
       WINDOW own AS (PARTITION BY run_id)
     )
     SELECT run_id, name, min(at_s) AS "at", avg(ms) AS ms,
       CASE WHEN any_value(readings) > ${maxReadings} THEN any_value(width) END AS "averagedOver"
     FROM shown
     GROUP BY run_id, name,
       CASE WHEN readings > ${maxReadings} THEN floor((at_s - first_s) / width) ELSE at_s END
     ORDER BY run_id, min(at_s)`,
    [...ids],
  );
  const cycles = new Map<string, Cycle>();
  for (const { run_id, ...row } of found) {
    const { name, averagedOver, at, ms } = row;
    const known = cycles.get(String(run_id));
    const readings = [...(known?.readings ?? []), { at, ms }];
    cycles.set(String(run_id), cycleSchema.parse({ name, averagedOver, readings }));
  }
  return cycles;
}
