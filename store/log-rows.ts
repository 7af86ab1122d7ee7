import {
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBDoubleVector,
} from "@duckdb/node-api";
import type { Reporter } from "../base/reporter";
import { exactSum } from "../workloads/decimal";
import type { SwfNumbers } from "../workloads/swf/batch";
import type { SwfReading } from "../workloads/swf/read";
import { type SwfField, swfFields } from "../workloads/swf/record";
import { LogExecutions } from "./log-executions";

/**
 * How many rows of the log go through the staging table at once. DuckDB moves them while the next ones are
 * read, so the first are few, and each time there are twice as many.
 */
const [leastStaged, mostStaged] = [8192, 65_536];
const rowsBetweenReports = 1_000_000;

/**
 * Streams the jobs of a log through a staging table of doubles, which takes a batch without
 * conversion; their partial executions become attempts.
 */
export async function insertJobs(
  connection: DuckDBConnection,
  reading: SwfReading,
  runId: string,
  report: Reporter | undefined,
): Promise<void> {
  const executions = new LogExecutions(connection);
  const rows = new StagedRows(connection, runId);
  let nextReport = rowsBetweenReports;
  try {
    for await (const batch of reading.numbers()) {
      rows.add(batch.jobNumbers());
      if (rows.full) await rows.move();
      // A connection does one thing at a time.
      if (!batch.plain) await rows.moved();
      await executions.take(batch);
      if (rows.count < nextReport) continue;
      report?.(`${reading.name}: ${rows.count} jobs`);
      nextReport += rowsBetweenReports;
    }
    await rows.move();
    await rows.moved();
    await connection.run("DROP TABLE IF EXISTS temp.swf_rows");
    await executions.store(runId);
  } finally {
    // Those of a refused log disappear with the transaction, which may end only now.
    await rows.settled();
  }
}

/** Rows on their way to the jobs: being gathered, and being moved. */
class StagedRows {
  /** Jobs so far. */
  count = 0;
  private most = leastStaged;
  private chunks: DuckDBDataChunk[] = [];
  private gathered = 0;
  private moving: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly runId: string,
  ) {}

  get full(): boolean {
    return this.gathered >= this.most;
  }

  add(jobs: SwfNumbers): void {
    if (jobs.rows === 0) return;
    this.chunks.push(chunkOf(jobs));
    this.gathered += jobs.rows;
    this.count += jobs.rows;
  }

  /** Waits for the rows before, and begins to move those that were gathered. */
  async move(): Promise<void> {
    await this.moving;
    if (this.gathered === 0) return;
    const appender = await stage(this.connection);
    try {
      for (const chunk of this.chunks) appender.appendDataChunk(chunk);
    } finally {
      appender.closeSync();
    }
    this.moving = this.connection.run(moveRows, [this.runId, this.count - this.gathered]);
    // Whoever waits for it hears of its error; until then it is nobody's.
    this.moving.catch(() => {});
    this.chunks = [];
    this.gathered = 0;
    this.most = Math.min(mostStaged, 2 * this.most);
  }

  /** Throws what DuckDB refused. */
  async moved(): Promise<void> {
    await this.moving;
  }

  async settled(): Promise<void> {
    await this.moving.catch(() => {});
  }
}

async function stage(connection: DuckDBConnection): Promise<DuckDBAppender> {
  const columns = [...staged.map(({ field }) => field), "start", "end"]
    .map((name) => `"${name}" DOUBLE`)
    .join(", ");
  await connection.run(`CREATE OR REPLACE TEMP TABLE swf_rows (${columns})`);
  return connection.createAppender("swf_rows", "main", "temp");
}

/** The fields of a record that the store keeps. */
const kept: ReadonlySet<SwfField> = new Set([
  "job",
  "submit",
  "wait",
  "run",
  "allocated",
  "requested",
  "estimate",
  "requestedMemory",
  "status",
  "user",
  "queue",
]);
const staged = swfFields.flatMap(([field], place) => (kept.has(field) ? [{ field, place }] : []));
const types = [...staged, "start", "end"].map(() => DOUBLE);
const placeOf = (name: SwfField) => swfFields.findIndex(([field]) => field === name);
const [submitPlace, waitPlace, runPlace] = [placeOf("submit"), placeOf("wait"), placeOf("run")];

function chunkOf({ rows, values }: SwfNumbers): DuckDBDataChunk {
  const fields = swfFields.length;
  const chunk = DuckDBDataChunk.create(types, rows);
  for (const [column, { place }] of staged.entries()) {
    const vector = chunk.getColumnVector(column) as DuckDBDoubleVector;
    for (let row = 0, at = place; row < rows; row += 1, at += fields) {
      vector.setItem(row, values[at] ?? Number.NaN);
    }
    vector.flush();
  }
  // Computed here and not in SQL, because an end and a start at one instant of the log have to be the
  // same double.
  const starts = chunk.getColumnVector(staged.length) as DuckDBDoubleVector;
  const ends = chunk.getColumnVector(staged.length + 1) as DuckDBDoubleVector;
  for (let row = 0, at = 0; row < rows; row += 1, at += fields) {
    const start = exactSum(values[at + submitPlace] ?? 0, values[at + waitPlace] ?? 0);
    starts.setItem(row, start);
    ends.setItem(row, exactSum(start, values[at + runPlace] ?? 0));
  }
  starts.flush();
  ends.flush();
  return chunk;
}

/**
 * -1 becomes NULL. Jobs are numbered in the log's order, as its own numbers may repeat. Memory is
 * KiB a processor in the log, MiB a job here.
 */
const moveRows = `
  INSERT INTO jobs BY NAME
  WITH known AS (
    SELECT
      row_number() OVER () AS place,
      * REPLACE (nullif(wait, -1) AS wait, nullif(run, -1) AS run, nullif(estimate, -1) AS estimate),
      CASE WHEN allocated > 0 THEN allocated::INTEGER END AS allocated_cores,
      CASE WHEN requested > 0 THEN requested::INTEGER END AS requested_cores
    FROM swf_rows
  )
  SELECT
    $1 AS run_id,
    ($2 + place)::INTEGER AS job,
    CASE WHEN "user" >= 0 THEN "user"::BIGINT::VARCHAR END AS user_name,
    CASE WHEN queue >= 0 THEN queue::BIGINT::VARCHAR END AS queue,
    requested_cores,
    CASE WHEN "requestedMemory" > 0
      THEN "requestedMemory" / 1024 * coalesce(requested_cores, allocated_cores) END
      AS requested_memory_mib,
    submit AS planned_submit_s,
    run AS planned_run_s,
    estimate AS limit_s,
    CASE WHEN job >= 0 THEN job::BIGINT END AS trace_job,
    submit AS submit_s,
    CASE WHEN wait IS NOT NULL THEN "start" END AS start_s,
    CASE WHEN wait IS NOT NULL AND run IS NOT NULL THEN "end" END AS end_s,
    allocated_cores,
    CASE status WHEN 1 THEN 'completed' WHEN 0 THEN 'failed' WHEN 5 THEN 'cancelled' END AS state
  FROM known`;
