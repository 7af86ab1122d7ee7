import { type DuckDBConnection, type DuckDBValue, listValue } from "@duckdb/node-api";
import { appendRows, type Columns } from "./append";
import { attemptsOf, holdingsOf } from "./attempts";
import type { Placed } from "./json-lines";
import { type EventRecord, eventRecordSchema, jobRecordSchema, runFiles } from "./record";
import type { RunReading } from "./run-directory";
import { attemptColumns, heldColumns, jobColumns, type Origin, seconds } from "./tables";

/** Jobs that are in memory together, with all of their events. */
const batchJobs = 2048;

/** Where the last record of each job is in jobs.jsonl. */
export type LastRecords = ReadonlyMap<number, { readonly offset: number; readonly length: number }>;

/** Passes through jobs.jsonl: a later record of a job replaces the earlier one. */
export async function lastRecords(reading: RunReading): Promise<LastRecords> {
  const last = new Map<number, { offset: number; length: number }>();
  for await (const batch of reading.batches(runFiles.jobs, jobRecordSchema)) {
    for (const { record, offset, length } of batch) last.set(record.job, { offset, length });
  }
  return last;
}

/**
 * Puts events.jsonl into a staging table, because the events of a job are spread over the file. A repeated
 * (job, event, source, at) counts once. Returns the number of events.
 */
export async function stageEvents(
  connection: DuckDBConnection,
  reading: RunReading,
  read: (records: number) => void,
): Promise<number> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE loading_events (
       place BIGINT, job INTEGER, event VARCHAR, at_ms DOUBLE, at_s DOUBLE, source VARCHAR,
       resolution_ms DOUBLE, scheduler_job VARCHAR, nodes VARCHAR[], node_cores INTEGER[])`,
  );
  for await (const batch of reading.batches(runFiles.events, eventRecordSchema)) {
    await appendRows(connection, "loading_events", stagedColumns(reading.run), batch, {
      temporary: true,
    });
    read(batch.length);
  }
  await connection.run(
    `DELETE FROM loading_events WHERE place IN (
       SELECT place FROM loading_events JOIN (
         SELECT job, event, source, at_ms, max(place) AS last FROM loading_events
         GROUP BY job, event, source, at_ms HAVING count(*) > 1) USING (job, event, source, at_ms)
       WHERE place < last)`,
  );
  const reader = await connection.runAndReadAll("SELECT count(*) FROM loading_events");
  return Number(reader.value(0, 0));
}

function stagedColumns(run: Origin): Columns<Placed<EventRecord>> {
  const list = (values: readonly (string | number)[] | undefined): DuckDBValue =>
    values === undefined ? null : listValue([...values]);
  return {
    // The order of the lines.
    place: ({ offset }) => BigInt(offset),
    job: ({ record }) => record.job,
    event: ({ record }) => record.event,
    at_ms: ({ record }) => record.at,
    at_s: ({ record }) => seconds(run, record.at),
    source: ({ record }) => record.source,
    resolution_ms: ({ record }) => record.resolutionMs,
    scheduler_job: ({ record }) => record.schedulerJob ?? null,
    nodes: ({ record }) => list(record.nodes),
    node_cores: ({ record }) => list(record.nodeCores),
  };
}

/** Moves the staged events into the store, and makes jobs and attempts of them, some jobs at a time. */
export async function insertJobs(
  connection: DuckDBConnection,
  reading: RunReading,
  last: LastRecords,
): Promise<void> {
  const { run } = reading;
  await connection.run(
    `INSERT INTO job_events (run_id, job, event, at_s, source, resolution_ms)
     SELECT $1, job, event, at_s, source, resolution_ms FROM loading_events`,
    [run.id],
  );
  const numbers = [...last.keys()].sort((a, b) => a - b);
  for (let first = 0; first < numbers.length; first += batchJobs) {
    const own = numbers.slice(first, first + batchJobs);
    const jobs = await reading.jobsAt(own.flatMap((job) => last.get(job) ?? []));
    const attempts = attemptsOf(jobs, await stagedEvents(connection, own));
    await appendRows(connection, "jobs", jobColumns(run, holdingsOf(attempts)), jobs);
    await appendRows(connection, "attempts", attemptColumns(run), attempts);
    const held = attempts.flatMap(({ job, attempt, held: stretches }) =>
      stretches.map((stretch) => ({ job, attempt, ...stretch })),
    );
    await appendRows(connection, "held_intervals", heldColumns(run), held);
  }
  await connection.run("DROP TABLE loading_events");
}

/** The events of jobs with these ascending numbers, in the order of their lines. */
async function stagedEvents(
  connection: DuckDBConnection,
  jobs: readonly number[],
): Promise<EventRecord[]> {
  const reader = await connection.runAndReadAll(
    `SELECT job, event, at_ms, source, resolution_ms, scheduler_job, nodes, node_cores
     FROM loading_events WHERE job BETWEEN $1 AND $2 ORDER BY place`,
    [jobs[0] ?? 0, jobs.at(-1) ?? 0],
  );
  return reader.getRowsJS().map(
    ([job, event, at, source, resolutionMs, schedulerJob, nodes, nodeCores]) =>
      ({
        job,
        event,
        at,
        source,
        resolutionMs,
        ...(schedulerJob === null ? {} : { schedulerJob }),
        ...(nodes === null ? {} : { nodes }),
        ...(nodeCores === null ? {} : { nodeCores }),
        // As the schema found them before they were staged.
      }) as EventRecord,
  );
}
