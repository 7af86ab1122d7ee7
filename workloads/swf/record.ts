import { Failure, type FailureOptions } from "../../base/failure";

/**
 * The 18 fields of a job line of the Standard Workload Format 2.2, in file order, with the name that
 * an error uses. Times are seconds, memory is KiB a processor, −1 means unknown.
 * Source: Chapin et al., JSSPP 1999; Feitelson's Parallel Workloads Archive, "swf.html".
 */
export const swfFields = [
  ["job", "job number"],
  ["submit", "submit time"],
  ["wait", "wait time"],
  ["run", "run time"],
  ["allocated", "allocated processors"],
  ["cpu", "average CPU time"],
  ["memory", "used memory"],
  ["requested", "requested processors"],
  ["estimate", "requested time"],
  ["requestedMemory", "requested memory"],
  ["status", "status"],
  ["user", "user"],
  ["group", "group"],
  ["executable", "executable"],
  ["queue", "queue"],
  ["partition", "partition"],
  ["preceding", "preceding job"],
  ["think", "think time"],
] as const;

export type SwfField = (typeof swfFields)[number][0];
export type SwfRecord = { [field in SwfField]: number };

/** Processors of a job: allocated, else requested; null when the log has neither. */
export function size(record: SwfRecord): number | null {
  if (record.allocated > 0) return record.allocated;
  return record.requested > 0 ? record.requested : null;
}

export interface SwfPlace {
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  readonly field?: SwfField;
}

/** A log that cannot be read, with the place: `log.swf, line 12, field 5 (allocated processors): …`. */
export class SwfError extends Failure {
  readonly file: string;
  readonly line: number | undefined;
  readonly field: SwfField | undefined;

  constructor(
    private readonly place: SwfPlace,
    private readonly problem: string,
    options: FailureOptions = {},
  ) {
    const parts = [place.file];
    if (place.line !== undefined) parts.push(`line ${place.line}`);
    const index = swfFields.findIndex(([name]) => name === place.field);
    const field = swfFields[index];
    if (field !== undefined) parts.push(`field ${index + 1} (${field[1]})`);
    super(`${parts.join(", ")}: ${problem}`, options);
    this.file = place.file;
    this.line = place.line;
    this.field = place.field;
  }

  /** The same problem, with what a person can do about it. */
  remediedBy(remedy: string): SwfError {
    return new SwfError(this.place, this.problem, { remedy });
  }
}
