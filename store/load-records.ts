import type { DuckDBConnection } from "@duckdb/node-api";
import type { z } from "zod";
import type { Reporter } from "../base/reporter";
import { appendRows, type Columns } from "./append";
import { decisionColumns, nodeEventColumns, supplyColumns } from "./elastic-tables";
import { insertEvents, insertJobs, lastRecords } from "./load-jobs";
import { newestVersion } from "./migrate";
import { daemonRecordsSchema, nodeRecordsSchema, runFiles } from "./record";
import { lineSchemas, type RunReading } from "./run-directory";
import { estimateColumns, internalColumns, internalValues } from "./scheduler-tables";
import { entitledShares, shareColumns } from "./shares";
import {
  benchmarkColumns,
  daemonColumns,
  hostSampleColumns,
  nodeColumns,
  runColumns,
  sampleColumns,
  schedulerJobColumns,
} from "./tables";

/** Records between two words of progress. */
const recordsBetweenReports = 250_000;

export interface RecordCounts {
  readonly jobs: number;
  readonly events: number;
  readonly samples: number;
}

/**
 * Writes all rows of the run but its figures. The files are read in the order on which the content hash
 * depends.
 */
export async function insertRun(
  connection: DuckDBConnection,
  reading: RunReading,
  state: string,
  report: Reporter | undefined,
): Promise<RecordCounts> {
  const { run } = reading;
  const { provenance } = run;
  await connection.run("INSERT OR REPLACE INTO experiments VALUES ($1, $2, $3, $4, $5)", [
    run.experiment,
    run.tupleHash,
    provenance.schedulerKind,
    provenance.policyJson,
    provenance.specJson,
  ]);
  let [read, told] = [0, 0];
  const progress = (records: number) => {
    read += records;
    if (read - told < recordsBetweenReports) return;
    told = read;
    report?.(`${read} records of run ${run.id}`);
  };
  /** Takes a number of rows from each record; returns how many records there were. */
  const insertEach = async <T, R>(
    table: string,
    file: keyof typeof lineSchemas,
    schema: z.ZodType<T>,
    columns: Columns<R>,
    rowsOf: (record: T) => readonly R[],
  ): Promise<number> => {
    let records = 0;
    for await (const batch of reading.batches(runFiles[file], schema)) {
      const rows = batch.flatMap(({ record }) => rowsOf(record));
      await appendRows(connection, table, columns, rows);
      records += batch.length;
      progress(batch.length);
    }
    return records;
  };
  const insert = <T>(
    table: string,
    file: keyof typeof lineSchemas,
    schema: z.ZodType<T>,
    columns: Columns<T>,
  ) => insertEach(table, file, schema, columns, (record) => [record]);
  const of = lineSchemas;
  const nodes = await reading.whole(runFiles.nodes, nodeRecordsSchema);
  await appendRows(connection, "nodes", nodeColumns(run.id), nodes);
  const last = await lastRecords(reading);
  const events = await insertEvents(connection, reading, progress);
  const samples = await insert("samples", "samples", of.samples, sampleColumns(run));
  await insert("host_samples", "host", of.host, hostSampleColumns(run));
  await insert("benchmarks", "benchmarks", of.benchmarks, benchmarkColumns(run.id));
  await insert("scheduler_jobs", "accounting", of.accounting, schedulerJobColumns(run));
  const daemons = await reading.whole(runFiles.daemons, daemonRecordsSchema);
  await appendRows(connection, "daemons", daemonColumns(run.id), daemons);
  await insert("node_events", "nodeEvents", of.nodeEvents, nodeEventColumns(run));
  await insert("supply_steps", "supply", of.supply, supplyColumns(run));
  await insert("scaling_decisions", "decisions", of.decisions, decisionColumns(run));
  await insert("start_estimates", "estimates", of.estimates, estimateColumns(run));
  const internals = internalColumns(run);
  await insertEach("scheduler_internals", "internals", of.internals, internals, internalValues);
  await insertJobs(connection, reading, last);
  await appendRows(connection, "runs", runColumns(reading.contents(), state, newestVersion()), [
    run,
  ]);
  await appendRows(connection, "shares", shareColumns(run.id), entitledShares(run));
  return { jobs: last.size, events, samples };
}
