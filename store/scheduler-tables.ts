import type { Columns } from "./append";
import type { EstimateRecord, InternalsRecord } from "./scheduler-record";
import { type Origin, seconds } from "./tables";

/** What the tables of the scheduler's own words take from the records, in seconds since the run's start. */

export function estimateColumns(run: Origin): Columns<EstimateRecord> {
  return {
    run_id: () => run.id,
    job: ({ job }) => job,
    seen_s: ({ at }) => seconds(run, at),
    estimate_s: ({ startAt }) => seconds(run, startAt),
    resolution_ms: ({ resolutionMs }) => resolutionMs,
  };
}

/** One counter at one moment. */
interface InternalValue {
  readonly at: number;
  readonly name: string;
  readonly value: number;
}

export function internalValues({ at, values }: InternalsRecord): InternalValue[] {
  return Object.entries(values).map(([name, value]) => ({ at, name, value }));
}

export function internalColumns(run: Origin): Columns<InternalValue> {
  return {
    run_id: () => run.id,
    at_s: ({ at }) => seconds(run, at),
    name: ({ name }) => name,
    value: ({ value }) => value,
  };
}
