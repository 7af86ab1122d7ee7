import type { Reporter } from "../base/reporter";
import type { JobLog, LogJob } from "./swf/log";

const reportEvery = 500_000;

/** Every job of the log once; says so every now and then. Throws SwfError. */
export async function* batchesOf(
  reading: JobLog,
  report: Reporter | undefined,
): AsyncGenerator<readonly LogJob[]> {
  let nextReport = reportEvery;
  for await (const batch of reading.batches()) {
    yield batch;
    if (reading.records < nextReport) continue;
    report?.(`${reading.name}: ${reading.records} records read`);
    nextReport += reportEvery;
  }
}
