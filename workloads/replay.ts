import path from "node:path";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import { mostJobs, type ReplayWorkload } from "../spec/workload";
import { numberInLog } from "./asks";
import { badRowNotes } from "./bad-rows";
import { type Choice, chooseJobs } from "./choose";
import type { ClusterCapacity } from "./cluster";
import type { WorkloadJob } from "./job";
import { KeptAsks } from "./kept-asks";
import { milliseconds } from "./milliseconds";
import { ordersOf } from "./orders";
import type { PlannedWorkload } from "./planned";
import type { JobLog } from "./swf/log";
import { type SwfRecord, size as sizeOf } from "./swf/record";
import { tracedMachine } from "./traced-machine";

/**
 * The first `jobs` usable records of the log or of a resample of it, on this cluster. Usable: a run time
 * above 0 and a size. The whole log is read, so that a bad row is refused or counted wherever it is. Throws SwfError, or Failure when the log does not give the jobs that were asked for.
 */
export async function replayJobs(
  reading: JobLog,
  workload: ReplayWorkload,
  cluster: ClusterCapacity,
  report: Reporter | undefined,
): Promise<PlannedWorkload> {
  const {
    choices,
    usable,
    skipped,
    note: drawn,
  } = await chooseJobs(reading, workload, cluster, report);
  refuseCount(workload, reading, choices.length, usable);
  const { sizes } = workload;
  // Only the scale mode needs it; the others take the cores as they are.
  const { cores, note } =
    sizes.mode === "scale"
      ? tracedMachine(sizes.traceCores, reading, "workload.sizes.traceCores")
      : { cores: 1, note: [] };
  const asks = new KeptAsks(workload, cluster, reading.header, choices);
  const { orders, notes: ordered } = ordersOf(
    choices.map(({ record }) => record),
    workload,
  );
  const jobs = scaleLog(choices, workload, cores).map((job, place) => {
    const choice = choices[place];
    return { ...(choice === undefined ? job : asks.keep(job, choice)), ...orders[place] };
  });
  return {
    jobs,
    tasks: jobs.map(() => ({ kind: workload.body })),
    trace: { name: path.basename(reading.name), hash: reading.hash },
    notes: [
      ...badRowNotes(reading),
      ...[...skipped].map(([reason, count]) => `${count} jobs of the trace skipped: ${reason}`),
      ...drawn,
      ...note,
      ...memoryNote(workload, jobs),
      ...asks.notes(),
      ...lengthenedNote(workload, choices),
      ...ordered,
    ],
  };
}

/** Only where the jobs are to be those of the log: other modes change them in any case. */
function lengthenedNote(
  { sizes, runtime, timeFactor }: ReplayWorkload,
  choices: readonly Choice[],
): string[] {
  if (sizes.mode !== "full") return [];
  const short = choices.filter(({ record }) => record.run * timeFactor < runtime.min).length;
  if (short === 0) return [];
  const what = short === 1 ? "1 job runs" : `${short} jobs run`;
  const log = timeFactor === 1 ? "in the log" : `in the log times ${timeFactor}`;
  return [`${what} longer than ${log}: workload.runtime.min is ${runtime.min}`];
}

function memoryNote(workload: ReplayWorkload, jobs: readonly WorkloadJob[]): string[] {
  if (workload.kind !== "trace" || workload.memory !== "keep") return [];
  const unknown = jobs.filter(({ memoryMiB }) => memoryMiB === null).length;
  if (unknown === 0) return [];
  return [`${unknown} jobs of the trace ask for no memory: they get the scheduler's default`];
}

function refuseCount(
  { jobs, ...workload }: ReplayWorkload,
  reading: JobLog,
  chosen: number,
  usable: number,
): void {
  const window = workload.kind === "trace" && workload.window !== undefined ? " in the window" : "";
  if (jobs === "all" ? usable === 0 : chosen < jobs) {
    throw new Failure(
      `${reading.name} has ${usable} usable jobs of ${reading.jobs}${window}, workload.jobs asks for ${jobs}`,
      {
        remedy: `${usable === 0 ? "" : `set workload.jobs to at most ${usable}, or `}take another ${window === "" ? "trace" : "window"}`,
      },
    );
  }
  if (chosen > mostJobs) {
    throw new Failure(`${reading.name} has more than ${mostJobs} usable jobs${window}`, {
      remedy: "take a shorter workload.window, or a number of workload.jobs",
    });
  }
}

/**
 * Pure: records to jobs. `cores` are those of the traced machine. Submission starts at 0, in
 * the trace's order. Times are rounded to milliseconds. The limit keeps the user's overestimate. Throws
 * Failure where a run time would have to be cut and the jobs are to be the full ones.
 */
function scaleLog(
  choices: readonly Choice[],
  workload: ReplayWorkload,
  cores: number,
): WorkloadJob[] {
  const origin = choices[0]?.record.submit ?? 0;
  const keepsMemory = workload.kind === "trace" && workload.memory === "keep";
  if (workload.sizes.mode === "full") refuseCutRuns(choices, workload);
  return choices.map(({ record, user, partition, capacity }, index) => {
    const scaledRun = record.run * workload.timeFactor;
    const runSeconds = clamp(scaledRun, workload.runtime.min, workload.runtime.max);
    // When a run time is capped, its estimate is reduced in proportion.
    const estimate = record.estimate * workload.timeFactor * Math.min(1, runSeconds / scaledRun);
    const size = scaleSize[workload.sizes.mode](sizeOf(record) ?? 1, cores, capacity);
    return {
      id: index + 1,
      submitSeconds: milliseconds((record.submit - origin) * workload.timeFactor),
      user,
      ...(partition === undefined ? {} : { partition }),
      cores: size,
      runSeconds: milliseconds(runSeconds),
      limitSeconds: milliseconds(Math.max(1, runSeconds, estimate)),
      gpus: 0,
      memoryMiB: keepsMemory ? requestedMiB(record, size) : null,
      traceJob: numberInLog(record),
    };
  });
}

function refuseCutRuns(choices: readonly Choice[], { runtime, timeFactor }: ReplayWorkload): void {
  const long = choices.find(({ record }) => record.run * timeFactor > runtime.max)?.record;
  if (long === undefined) return;
  throw new Failure(
    `job ${numberInLog(long) ?? long.job} of the trace runs for ${milliseconds(long.run * timeFactor)} s, ` +
      `workload.runtime.max is ${runtime.max}, and workload.sizes.mode full cuts nothing`,
    { remedy: "raise workload.runtime.max" },
  );
}

/** MiB of a job of so many cores: the log has KiB a processor. Null where it does not say. */
function requestedMiB({ requestedMemory }: SwfRecord, cores: number): number | null {
  return requestedMemory > 0 ? Math.ceil((requestedMemory * cores) / 1024) : null;
}

/**
 * Cores on this cluster for cores on the traced machine; never above the capacity, which `skip` has
 * checked before, and which is checked after `full`.
 */
const scaleSize: Record<
  ReplayWorkload["sizes"]["mode"],
  (size: number, traceCores: number, capacity: number) => number
> = {
  scale: (size, traceCores, capacity) =>
    clamp(Math.round((size * capacity) / traceCores), 1, capacity),
  clip: (size, _, capacity) => Math.min(size, capacity),
  skip: (size) => size,
  full: (size) => size,
};

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
