import type { Reporter } from "../base/reporter";
import type { JobLog } from "./swf/log";
import type { SwfRecord } from "./swf/record";

const reportEvery = 500_000;

/** Every job of the log once; says so every now and then. Throws SwfError. */
export async function* batchesOf(
  reading: JobLog,
  report: Reporter | undefined,
): AsyncGenerator<readonly SwfRecord[]> {
  let nextReport = reportEvery;
  for await (const batch of reading.batches()) {
    yield batch;
    if (reading.records < nextReport) continue;
    report?.(`${reading.name}: ${reading.records} records read`);
    nextReport += reportEvery;
  }
}
