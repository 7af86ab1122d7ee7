import fs from "node:fs";
import path from "node:path";
import { jobRecordSchema, runFiles, runRecordSchema } from "../../../store/record";

/** The values of a file of records. */
export function lines(directory: string, file: string): unknown[] {
  const text = fs.readFileSync(path.join(directory, file), "utf8").trimEnd();
  return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line));
}

/** The last record of each job. */
export function lastRecords(directory: string) {
  const records = lines(directory, runFiles.jobs).map((line) => jobRecordSchema.parse(line));
  return [...new Map(records.map((record) => [record.job, record])).values()];
}

export function runRecord(directory: string) {
  return runRecordSchema.parse(
    JSON.parse(fs.readFileSync(path.join(directory, runFiles.run), "utf8")),
  );
}
