import { eventRecordSchema, jobRecordSchema, runFiles } from "../../store/record";
import { RunReading } from "../../store/run-directory";

/** What the run left: the last record of each job, every event, and what could not be read. */
export async function readRun(directory: string) {
  const reading = await RunReading.open(directory);
  const jobs = new Map();
  for await (const batch of reading.batches(runFiles.jobs, jobRecordSchema)) {
    for (const { record } of batch) jobs.set(record.job, record);
  }
  const events = [];
  for await (const batch of reading.batches(runFiles.events, eventRecordSchema)) {
    events.push(...batch.map(({ record }) => record));
  }
  const { run, bad, torn } = reading;
  return { run, jobs: [...jobs.values()], events, bad, torn };
}
