import { type SwfRecord, size } from "./swf/record";

/** Why a record is no job that could be run; null where it could. */
export function unusable(record: SwfRecord): string | null {
  if (record.run <= 0) return "no run time above 0";
  return size(record) === null ? "no size" : null;
}
