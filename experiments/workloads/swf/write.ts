import { type SwfHeader, type SwfRecord, swfFields } from "./record";

/** The lines of a log, without line ends: header comments, then one line a job. */
export function* swfLines(
  header: SwfHeader,
  records: Iterable<SwfRecord>,
): Generator<string, void, undefined> {
  for (const [key, values] of header) for (const value of values) yield `; ${key}: ${value}`;
  for (const record of records) yield swfFields.map(([field]) => record[field]).join(" ");
}
