import type { Resample } from "../../spec/resample";
import type { SwfHeader } from "../swf/header";
import type { LogJob } from "../swf/log";
import { unusable } from "../usable";
import { shake } from "./shake";
import { resampleUsers } from "./users";

/**
 * The usable jobs of a log drawn anew as a log of its own: those of users numbered from 1, as many as in
 * the log, about, and at least `atLeast`; shaken ones with their numbers. Pure. The first jobs are those
 * that a workload with the same `resample` has.
 */
export function resampledRecords(
  records: readonly LogJob[],
  resample: Resample,
  atLeast = 0,
): readonly LogJob[] {
  if (resample.number === 0) return records;
  const usable = records.filter((record) => unusable(record) === null);
  if (resample.method === "shake") return shake(usable, resample);
  const { records: drawn } = resampleUsers(usable, { ...resample, atLeast });
  return drawn.map((record, index) => ({ ...record, job: index + 1 }));
}

/** The header of a resampled log of so many jobs. What held of the recorded schedule is left out. */
export function resampledHeader(
  header: SwfHeader,
  { method, number }: Resample,
  jobs: number,
): SwfHeader {
  if (number === 0) return header;
  const changed = new Map(header);
  changed.set("MaxJobs", [String(jobs)]);
  if (header.has("MaxRecords")) changed.set("MaxRecords", [String(jobs)]);
  if (header.has("Preemption")) changed.set("Preemption", ["No"]);
  changed.delete("EndTime");
  const note = `resampled by schedlab: ${method}, number ${number}`;
  changed.set("Note", [...(header.get("Note") ?? []), note]);
  return changed;
}
