import type {
  DaemonRecord,
  EventRecord,
  HostSampleRecord,
  JobRecord,
  ObservedTime,
  SampleRecord,
  SchedulerJobRecord,
} from "../../store/record";
import type { EstimateRecord } from "../../store/scheduler-record";

/**
 * Records of a run whose scheduler has a faster clock. The harness keeps to the host's time throughout;
 * what it writes down counts in the scheduler's seconds from the run's start.
 */
export interface SimulatedTime {
  /** Seconds of the scheduler in a second of the host; 1 changes nothing. */
  readonly factor: number;
  /** Where both clocks agree: the run's start, in milliseconds since the epoch. */
  readonly startedAt: number;
}

export function simulatedInstant({ factor, startedAt }: SimulatedTime, at: number): number {
  return startedAt + (at - startedAt) * factor;
}

/** A moment is as fine as it was, in more seconds. */
function observed(time: SimulatedTime, seen: ObservedTime | null): ObservedTime | null {
  if (seen === null) return null;
  return {
    ...seen,
    at: simulatedInstant(time, seen.at),
    resolutionMs: seen.resolutionMs * time.factor,
  };
}

export function simulatedJob(time: SimulatedTime, record: JobRecord): JobRecord {
  const at = (moment: number | null) => (moment === null ? null : simulatedInstant(time, moment));
  const { submitResolutionMs } = record;
  return {
    ...record,
    dueAt: at(record.dueAt),
    submitStartedAt: at(record.submitStartedAt),
    submitFinishedAt: at(record.submitFinishedAt),
    submitResolutionMs: submitResolutionMs === null ? null : submitResolutionMs * time.factor,
    start: observed(time, record.start),
    end: observed(time, record.end),
  };
}

export function simulatedEvent(time: SimulatedTime, record: EventRecord): EventRecord {
  const { at, resolutionMs } = record;
  return {
    ...record,
    at: simulatedInstant(time, at),
    resolutionMs: resolutionMs * time.factor,
  };
}

/** CPU time grows with the seconds, so that the share of the time in which a core was busy stays. */
export function simulatedSample(time: SimulatedTime, record: SampleRecord): SampleRecord {
  const { at, cpuUsageUsec } = record;
  return { ...record, at: simulatedInstant(time, at), cpuUsageUsec: cpuUsageUsec * time.factor };
}

export function simulatedHostSample(
  time: SimulatedTime,
  { at, ...usage }: HostSampleRecord,
): HostSampleRecord {
  const { factor } = time;
  return {
    at: simulatedInstant(time, at),
    busyUsec: usage.busyUsec * factor,
    idleUsec: usage.idleUsec * factor,
    stealUsec: usage.stealUsec * factor,
    harnessUsec: usage.harnessUsec * factor,
  };
}

export function simulatedEstimate(time: SimulatedTime, record: EstimateRecord): EstimateRecord {
  return {
    ...record,
    at: simulatedInstant(time, record.at),
    startAt: simulatedInstant(time, record.startAt),
    resolutionMs: record.resolutionMs * time.factor,
  };
}

/** The same for the daemons. */
export function simulatedDaemon({ factor }: SimulatedTime, daemon: DaemonRecord): DaemonRecord {
  return { ...daemon, cpuSeconds: daemon.cpuSeconds * factor };
}

export function simulatedAccounting(
  time: SimulatedTime,
  record: SchedulerJobRecord,
): SchedulerJobRecord {
  const at = (moment: number | null) => (moment === null ? null : simulatedInstant(time, moment));
  const { submitAt, startAt, endAt } = record;
  return { ...record, submitAt: at(submitAt), startAt: at(startAt), endAt: at(endAt) };
}
