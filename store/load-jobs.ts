import { type DuckDBConnection, type DuckDBValue, listValue } from "@duckdb/node-api";
import { appendRows, type Columns } from "./append";
import { attemptEvents, attemptsOf, holdingsOf } from "./attempts";
import { type EventRecord, eventRecordSchema, jobRecordSchema, runFiles } from "./record";
import type { RunReading } from "./run-directory";
import { attemptColumns, eventColumns, heldColumns, jobColumns } from "./tables";

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
 * Writes the events of events.jsonl, and puts those that attempts are made of into a staging table as well,
 * because the events of a job are spread over the file. A repeated (job, event, source, at) counts once.
 * Returns the number of events.
 */
export async function insertEvents(
  connection: DuckDBConnection,
  reading: RunReading,
  read: (records: number) => void,
): Promise<number> {
  const { run } = reading;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE loading_events (
       job INTEGER, event VARCHAR, at_ms DOUBLE, source VARCHAR, resolution_ms DOUBLE,
       scheduler_job VARCHAR, nodes VARCHAR[], node_cores INTEGER[])`,
  );
  for await (const batch of reading.batches(runFiles.events, eventRecordSchema)) {
    const records = batch.map(({ record }) => record);
    await appendRows(connection, "job_events", eventColumns(run), records);
    const staged = records.filter(({ event }) => ofAttempts.has(event));
    await appendRows(connection, "loading_events", stagedColumns, staged, { temporary: true });
    read(records.length);
  }
  await connection.run(
    `DELETE FROM job_events WHERE run_id = $1 AND rowid IN (
       SELECT job_events.rowid FROM job_events JOIN (
         SELECT job, event, source, at_s, max(rowid) AS last FROM job_events WHERE run_id = $1
         GROUP BY job, event, source, at_s HAVING count(*) > 1) USING (job, event, source, at_s)
       WHERE run_id = $1 AND job_events.rowid < last)`,
    [run.id],
  );
  const counting = "SELECT count(*) FROM job_events WHERE run_id = $1";
  return Number((await connection.runAndReadAll(counting, [run.id])).value(0, 0));
}

const ofAttempts: ReadonlySet<string> = new Set(attemptEvents);

const listOf = (values: readonly (string | number)[] | undefined): DuckDBValue =>
  values === undefined ? null : listValue([...values]);

const stagedColumns: Columns<EventRecord> = {
  job: ({ job }) => job,
  event: ({ event }) => event,
  at_ms: ({ at }) => at,
  source: ({ source }) => source,
  resolution_ms: ({ resolutionMs }) => resolutionMs,
  scheduler_job: ({ schedulerJob }) => schedulerJob ?? null,
  nodes: ({ nodes }) => listOf(nodes),
  node_cores: ({ nodeCores }) => listOf(nodeCores),
};

/** Makes jobs and attempts, some jobs at a time. */
export async function insertJobs(
  connection: DuckDBConnection,
  reading: RunReading,
  last: LastRecords,
): Promise<void> {
  const { run } = reading;
  const numbers = [...last.keys()].sort((a, b) => a - b);
  for (let first = 0; first < numbers.length; first += batchJobs) {
    const own = numbers.slice(first, first + batchJobs);
    const jobs = reading.jobsAt(own.flatMap((job) => last.get(job) ?? []));
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
     FROM loading_events WHERE job BETWEEN $1 AND $2`,
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
