import type { DuckDBConnection } from "@duckdb/node-api";
import type { RowFacts } from "./rows";

/** A log over more time than this is not looked at hour by hour. */
const longest = 60 * 366 * 86_400;

/**
 * How many rows have a time in an hour that the session's zone had twice, where the clock went back:
 * the later of the two is taken. Times with an offset of their own count as well.
 */
export async function ambiguousTimes(
  connection: DuckDBConnection,
  { firstSubmit, lastMoment }: RowFacts,
): Promise<[string, number][]> {
  const zone = await connection.runAndReadAll("SELECT current_setting('TimeZone')");
  const name = String(zone.getRows()[0]?.[0]);
  if (name === "UTC" || firstSubmit === null || lastMoment === null) return [];
  if (lastMoment - firstSubmit > longest) return [];
  const found = await connection.runAndReadAll(
    `WITH hours AS (
       SELECT h, epoch(timezone($3, to_timestamp(h))) - h AS offset_s
       FROM range(($1::BIGINT // 3600 - 1) * 3600, $2::BIGINT + 86400, 3600) AS t(h)
     ),
     back AS (
       SELECT h, lag(offset_s) OVER (ORDER BY h) - offset_s AS seconds FROM hours
       QUALIFY lag(offset_s) OVER (ORDER BY h) > offset_s
     )
     SELECT h::DOUBLE, seconds::DOUBLE FROM back`,
    [firstSubmit, lastMoment, name],
  );
  // Both hours of the clock are read as the later one, which is right behind the change.
  const within = (column: string) =>
    found
      .getRows()
      .map(([from, seconds]) => `${column} >= ${from} AND ${column} < ${from} + ${seconds}`)
      .join(" OR ");
  if (found.getRows().length === 0) return [];
  const counted = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE FROM log_rows
     WHERE problem IS NULL AND (${within("submit")} OR ${within("start")} OR ${within('"end"')})`,
  );
  const rows = Number(counted.getRows()[0]?.[0]);
  return rows === 0 ? [] : [["row with a local time that the zone had twice", rows]];
}
