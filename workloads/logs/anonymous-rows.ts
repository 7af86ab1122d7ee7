import { readFileSync } from "node:fs";
import path from "node:path";
import { type DuckDBConnection, VARCHAR } from "@duckdb/node-api";
import { aliasesOf, type NameKind } from "./anonymise";
import { keptDependencies } from "./dependencies";
import { macros } from "./rows";
import { literal } from "./source";

export interface AnonymousOptions {
  readonly key: Uint8Array;
  /** Whether partitions, QOS and constraints are replaced too. */
  readonly queues: boolean;
  /** Weeks by which the calendar goes back. */
  readonly weeks: number;
}

export interface AnonymousRows {
  /** Names of the log by kind; of kinds that are kept as well. */
  readonly names: ReadonlyMap<NameKind, readonly string[]>;
  /** Ids of jobs and arrays that hold more than numbers, which are replaced by numbers. */
  readonly ids: readonly string[];
  /** Lists of nodes that could not be taken apart, and are left out. */
  readonly lostLists: number;
}

/** Column of `log_rows` by kind; the names of nodes are in lists. */
const columns: Record<Exclude<NameKind, "node">, string> = {
  user: "user",
  group: "group",
  account: "account",
  job: "name",
  partition: "partition",
  qos: "qos",
  constraint: "constraint",
};
/** Kinds that say nothing of people and are kept unless it is asked for. */
export const queueKinds: ReadonlySet<NameKind> = new Set(["partition", "qos", "constraint"]);

const makeRows = readFileSync(path.join(__dirname, "anonymous-rows.sql"), "utf8");
const week = 7 * 86_400;

/** Makes the table `log_anonymous` of the table `log_rows`. Throws RangeError: two names, one alias. */
export async function anonymiseRows(
  connection: DuckDBConnection,
  { key, queues, weeks }: AnonymousOptions,
): Promise<AnonymousRows> {
  await connection.run(macros);
  const names = new Map<NameKind, readonly string[]>();
  for (const [kind, column] of Object.entries(columns) as [NameKind, string][]) {
    names.set(kind, await distinct(connection, `SELECT DISTINCT "${column}" FROM log_rows`));
  }
  names.set(
    "node",
    await distinct(
      connection,
      `SELECT DISTINCT unnest(log_nodes(node_list)) FROM
       (SELECT DISTINCT node_list FROM log_rows WHERE problem IS NULL AND node_list IS NOT NULL)`,
    ),
  );
  const aliases: string[][] = [];
  for (const [kind, of] of names) {
    for (const [name, alias] of aliasesOf(key, kind, of)) aliases.push([kind, name, alias]);
  }
  await fill(connection, "log_aliases", ["kind", "name", "alias"], aliases);
  const lostLists = await makeNodeLists(connection);
  const ids = await makeIds(connection);
  await makeDependencies(connection);
  await connection.run(makeRows, [queues, weeks * week]);
  return { names, ids, lostLists };
}

async function distinct(connection: DuckDBConnection, query: string): Promise<string[]> {
  const found = await connection.runAndReadAll(
    `SELECT value FROM (${query}) AS t(value) WHERE value IS NOT NULL AND value <> '' ORDER BY value`,
  );
  return found.getRows().map(([value]) => String(value));
}

async function fill(
  connection: DuckDBConnection,
  table: string,
  names: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${table} (${names.map((name) => `${name} VARCHAR`).join(", ")})`,
  );
  const appender = await connection.createAppender(table, "main", "temp");
  try {
    for (const row of rows) {
      for (const value of row) appender.appendValue(value, VARCHAR);
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
}

/** Lists of aliases for lists of nodes; NULL for one that is not understood. */
async function makeNodeLists(connection: DuckDBConnection): Promise<number> {
  await connection.run(`
    CREATE OR REPLACE TEMP TABLE log_node_lists AS
    WITH lists AS (
      SELECT DISTINCT node_list FROM log_rows WHERE problem IS NULL AND node_list IS NOT NULL
    ),
    nodes AS (SELECT node_list, unnest(log_nodes(node_list)) AS node FROM lists),
    mapped AS (
      SELECT node_list, string_agg(alias, ',' ORDER BY alias) AS mapped
      FROM nodes JOIN log_aliases ON kind = 'node' AND name = node GROUP BY node_list
    )
    SELECT node_list, mapped FROM lists LEFT JOIN mapped USING (node_list)`);
  const lost = await connection.runAndReadAll(
    "SELECT (count(*) FILTER (mapped IS NULL))::DOUBLE FROM log_node_lists",
  );
  return Number(lost.getRows()[0]?.[0] ?? 0);
}

/** Numbers for ids in the order of the log; returns those that hold more than digits. */
async function makeIds(connection: DuckDBConnection): Promise<string[]> {
  await connection.run(`
    CREATE OR REPLACE TEMP TABLE log_ids AS
    WITH ids AS (
      SELECT job AS id, row_number() OVER (ORDER BY min(rowid)) AS number
      FROM log_rows WHERE problem IS NULL AND job IS NOT NULL GROUP BY job
    )
    SELECT 'job' AS kind, id, number FROM ids
    UNION ALL
    SELECT 'label', label, min(number) FROM log_rows JOIN ids ON ids.id = log_rows.job
    WHERE label IS NOT NULL AND label <> job GROUP BY label`);
  const words = ["job", "label", "array", "het"].map(
    (column) =>
      `SELECT DISTINCT unnest(regexp_extract_all("${column}", '[^0-9\\[\\]_+,%:/.-][^\\[\\]_+,%:/.-]*')) AS v
       FROM log_rows WHERE "${column}" IS NOT NULL`,
  );
  return distinct(connection, words.join(" UNION "));
}

async function makeDependencies(connection: DuckDBConnection): Promise<void> {
  const texts = await distinct(connection, "SELECT DISTINCT dependency FROM log_rows");
  const numbers = new Map<string, string>();
  if (texts.length > 0) {
    const found = await connection.runAndReadAll(
      `SELECT id, number::VARCHAR FROM log_ids ORDER BY kind = ${literal("job")}`,
    );
    for (const [id, number] of found.getRows()) numbers.set(String(id), String(number));
  }
  const mapped = texts.flatMap((text) => {
    const parts = keptDependencies(text).flatMap(({ type, ids }) => {
      const known = ids.flatMap((id) => numbers.get(id) ?? []);
      return known.length > 0 ? [[type, ...known].join(":")] : [];
    });
    return parts.length === 0 ? [] : [[text, parts.join(",")]];
  });
  await fill(connection, "log_dependencies", ["dependency", "mapped"], mapped);
}
