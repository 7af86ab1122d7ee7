import type { DuckDBConnection } from "@duckdb/node-api";
import type { SwfBatch } from "../workloads/swf/batch";
import { type Span, Spans } from "../workloads/swf/executions";
import { swfFields } from "../workloads/swf/record";
import { appendRows, type Columns } from "./append";

/** How many executions are held back before they are written. */
const mostWaiting = 16_384;
const fields = swfFields.length;

interface Execution extends Span {
  readonly place: number;
  readonly traceJob: number;
  readonly cores: number | null;
}

/** The partial executions of a log's jobs on their way to the tables of attempts. */
export class LogExecutions {
  private readonly spans = new Spans();
  private waiting: Execution[] = [];
  private places = 0;
  /** The job of the row above. */
  private above = { job: -1, submit: -1 };

  constructor(private readonly connection: DuckDBConnection) {}

  async take(batch: SwfBatch): Promise<void> {
    if (!batch.plain) for (let row = 0; row < batch.rows; row += 1) this.row(batch, row);
    const last = (batch.rows - 1) * fields;
    if (batch.plain && batch.rows > 0) {
      this.above = { job: batch.values[last] ?? -1, submit: batch.values[last + 1] ?? -1 };
    }
    if (this.waiting.length >= mostWaiting) await this.write();
  }

  private row(batch: SwfBatch, row: number): void {
    if (batch.kind(row) !== "part") {
      const at = row * fields;
      this.above = { job: batch.values[at] ?? -1, submit: batch.values[at + 1] ?? -1 };
      return;
    }
    const part = batch.record(row);
    const submitted = this.above.job === part.job ? this.above.submit : null;
    this.waiting.push({
      ...this.spans.add(part, submitted),
      place: this.places,
      traceJob: part.job,
      cores: part.allocated > 0 ? part.allocated : null,
    });
    this.places += 1;
  }

  /** Writes the attempts; a job for which the times of all executions are known starts and ends with them. */
  async store(runId: string): Promise<void> {
    if (this.places === 0) return;
    await this.write();
    for (const statement of [insertAttempts, insertHeld, setTimes]) {
      await this.connection.run(statement, [runId]);
    }
    await this.connection.run("DROP TABLE swf_executions");
  }

  private async write(): Promise<void> {
    await this.connection.run(
      `CREATE TEMP TABLE IF NOT EXISTS swf_executions (
         place BIGINT, trace_job BIGINT, cores INTEGER, start_s DOUBLE, end_s DOUBLE)`,
    );
    await appendRows(this.connection, "swf_executions", columns, this.waiting);
    this.waiting = [];
  }
}

const columns: Columns<Execution> = {
  place: ({ place }) => BigInt(place),
  trace_job: ({ traceJob }) => BigInt(traceJob),
  cores: ({ cores }) => cores,
  start_s: ({ start }) => start,
  end_s: ({ end }) => end,
};

/** The log's own numbers may repeat: the executions are those of the last job of a number. */
const insertAttempts = `
  INSERT INTO attempts BY NAME
  WITH numbered AS (
    SELECT trace_job, max(job) AS job
    FROM jobs
    WHERE run_id = $1 AND trace_job IN (SELECT trace_job FROM swf_executions)
    GROUP BY trace_job
  )
  SELECT
    $1 AS run_id,
    job,
    (row_number() OVER (PARTITION BY job ORDER BY place))::INTEGER AS attempt,
    cores,
    start_s,
    end_s
  FROM swf_executions JOIN numbered USING (trace_job)`;

export const insertHeld = `
  INSERT INTO held_intervals
  SELECT run_id, job, attempt, start_s, end_s
  FROM attempts
  WHERE run_id = $1
  QUALIFY bool_and(start_s IS NOT NULL AND end_s IS NOT NULL) OVER (PARTITION BY job)`;

const setTimes = `
  UPDATE jobs SET start_s = spans.start_s, end_s = spans.end_s,
    all_held_s = spans.held_s, last_held_s = spans.held_s, held_known = true
  FROM (
    SELECT job, min(from_s) AS start_s, max(to_s) AS end_s, sum(to_s - from_s) AS held_s
    FROM held_intervals WHERE run_id = $1 GROUP BY job
  ) AS spans
  WHERE jobs.run_id = $1 AND jobs.job = spans.job`;
