import { maxProcs, type SwfHeader, type SwfRecord } from "./record";

/** A log as a whole. Times are seconds. */
export interface SwfLog {
  readonly header: SwfHeader;
  readonly records: readonly SwfRecord[];
}

/** What to do with a log, in this order; what is left out stays as it is. */
export interface Transform {
  /** Submit times of the jobs to keep: from ≤ submit < until, counted from the log's own start. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Keep the first jobs. */
  readonly first?: number | undefined;
  /** Multiplies all times. */
  readonly time?: number | undefined;
  /** Multiplies the load: divides the gaps between submissions. Recorded waits become unknown. */
  readonly load?: number | undefined;
  /** Scales the sizes to a machine of so many processors. Recorded waits become unknown. */
  readonly procs?: number | undefined;
  /** The users take turns at being 1 to so many, in order of appearance. */
  readonly users?: number | undefined;
}

/** Pure. Throws RangeError when the sizes are to be scaled and the machine's size is not known. */
export function transformLog(log: SwfLog, transform: Transform): SwfLog {
  const { from, until, first, time, load, procs, users } = transform;
  let { records } = log;
  if (from !== undefined || until !== undefined) records = between(records, from, until);
  if (first !== undefined) records = records.slice(0, first);
  if (time !== undefined) records = scaleTime(records, time);
  if (load !== undefined) records = scaleLoad(records, load);
  if (procs !== undefined) {
    const machine = maxProcs(log.header);
    if (machine === null) throw new RangeError("the header has neither MaxProcs nor MaxNodes");
    records = scaleSizes(records, machine, procs);
  }
  if (users !== undefined) records = mapUsers(records, users);
  return { header: describe(log, records, transform), records };
}

/** The jobs submitted from `from` until before `until`; their submit times then begin at 0. */
export function between(
  records: readonly SwfRecord[],
  from = 0,
  until = Number.POSITIVE_INFINITY,
): SwfRecord[] {
  return records
    .filter(({ submit }) => from <= submit && submit < until)
    .map((record) => ({ ...record, submit: record.submit - from }));
}

/** All times of the jobs times `factor`, in whole seconds; a run above 0 stays at least 1. */
export function scaleTime(records: readonly SwfRecord[], factor: number): SwfRecord[] {
  const scale = (seconds: number) => (seconds < 0 ? seconds : Math.round(seconds * factor));
  const scaleRun = (seconds: number) => (seconds > 0 ? Math.max(1, scale(seconds)) : seconds);
  return records.map((record) => ({
    ...record,
    submit: scale(record.submit),
    wait: scale(record.wait),
    run: scaleRun(record.run),
    cpu: record.cpu < 0 ? record.cpu : record.cpu * factor,
    estimate: scaleRun(record.estimate),
    think: scale(record.think),
  }));
}

/** The load times `factor`, by gaps between submissions that are shorter by as much. */
export function scaleLoad(records: readonly SwfRecord[], factor: number): SwfRecord[] {
  const origin = records[0]?.submit ?? 0;
  return records.map((record) => ({
    ...record,
    submit: Math.round(origin + (record.submit - origin) / factor),
    wait: -1,
  }));
}

/** Sizes from a machine of `from` processors to one of `to`: rounded, at least 1, at most `to`. */
export function scaleSizes(records: readonly SwfRecord[], from: number, to: number): SwfRecord[] {
  const scale = (size: number) =>
    size <= 0 ? size : Math.min(to, Math.max(1, Math.round((size * to) / from)));
  return records.map((record) => ({
    ...record,
    wait: -1,
    allocated: scale(record.allocated),
    requested: scale(record.requested),
  }));
}

/** Users as 1 to `count`, in turns by order of appearance; unknown ones stay unknown. */
export function mapUsers(records: readonly SwfRecord[], count: number): SwfRecord[] {
  const seen = new Map<number, number>();
  return records.map((record) => {
    if (record.user < 0) return record;
    const user = seen.get(record.user) ?? (seen.size % count) + 1;
    seen.set(record.user, user);
    return { ...record, user };
  });
}

/** The header of the transformed log: counts, machine and start as they are now, and what was done. */
function describe(
  { header }: SwfLog,
  records: readonly SwfRecord[],
  transform: Transform,
): SwfHeader {
  const result = new Map([...header].map(([key, values]) => [key, [...values]] as const));
  for (const key of ["MaxJobs", "MaxRecords"]) {
    if (key === "MaxJobs" || header.has(key)) result.set(key, [String(records.length)]);
  }
  if (transform.procs !== undefined) {
    result.set("MaxProcs", [String(transform.procs)]);
    result.delete("MaxNodes");
  }
  const start = Number(header.get("UnixStartTime")?.[0]);
  if (transform.from !== undefined && start > 0) {
    result.set("UnixStartTime", [String(start + transform.from)]);
    for (const key of ["StartTime", "EndTime"]) result.delete(key);
  }
  const steps = Object.entries(transform).filter(([, value]) => value !== undefined);
  if (steps.length > 0) {
    const said = steps.map(([name, value]) => `${name} ${value}`).join(", ");
    result.set("Note", [...(result.get("Note") ?? []), `transformed by schedlab: ${said}`]);
  }
  return result;
}
