import path from "node:path";
import { Failure } from "../base/failure";
import type { Reporter } from "../base/reporter";
import type { ReplayWorkload } from "../spec/workload";
import { type Choice, chooseJobs } from "./choose";
import type { ClusterCapacity } from "./cluster";
import type { WorkloadJob } from "./job";
import type { PlannedWorkload } from "./planned";
import { machineOf } from "./swf/header";
import type { JobLog } from "./swf/log";
import { size } from "./swf/record";

/**
 * The first `jobs` usable records of the log or of a resample of it, on this cluster. Usable: a run time
 * above 0 and a size. The whole log is read, in strict mode, so that a malformed line is refused wherever
 * it is. Throws SwfError, or Failure when the log does not give the jobs that were asked for.
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
  if (choices.length < workload.jobs) {
    throw new Failure(
      `${reading.name} has ${usable} usable jobs of ${reading.jobs}, ` +
        `workload.jobs asks for ${workload.jobs}`,
      { remedy: `set workload.jobs to at most ${usable}, or take another trace` },
    );
  }
  const { cores, note } = traceCores(workload, reading);
  const jobs = scaleLog(choices, workload, cores);
  return {
    jobs,
    tasks: jobs.map(() => ({ kind: workload.body })),
    trace: { name: path.basename(reading.name), hash: reading.hash },
    notes: [
      ...[...skipped].map(([reason, count]) => `${count} jobs of the trace skipped: ${reason}`),
      ...drawn,
      ...note,
    ],
  };
}

/** Cores of the traced machine, and what a person should know about the source of the figure. */
function traceCores(
  { sizes }: ReplayWorkload,
  reading: JobLog,
): { readonly cores: number; readonly note: readonly string[] } {
  // Only the scale mode needs it; the others take the cores as they are.
  if (sizes.mode !== "scale") return { cores: 1, note: [] };
  if (sizes.traceCores !== undefined) return { cores: sizes.traceCores, note: [] };
  const machine = machineOf(reading.header);
  if (machine === null) {
    throw new Failure(`${reading.name} has neither MaxProcs nor MaxNodes in its header`, {
      remedy: "set workload.sizes.traceCores to the cores of the traced machine",
    });
  }
  const note =
    machine.label === "MaxProcs"
      ? []
      : [`the traced machine has ${machine.procs} cores if its nodes have one each: no MaxProcs`];
  return { cores: machine.procs, note };
}

/**
 * Pure: records to jobs. `cores` are those of the traced machine. Submission starts at 0, in
 * the trace's order. Times are rounded to milliseconds. The limit keeps the user's overestimate.
 */
function scaleLog(
  choices: readonly Choice[],
  workload: ReplayWorkload,
  cores: number,
): WorkloadJob[] {
  const origin = choices[0]?.record.submit ?? 0;
  return choices.map(({ record, user, partition, capacity }, index) => {
    const scaledRun = record.run * workload.timeFactor;
    const runSeconds = clamp(scaledRun, workload.runtime.min, workload.runtime.max);
    // When a run time is capped, its estimate is reduced in proportion.
    const estimate = record.estimate * workload.timeFactor * Math.min(1, runSeconds / scaledRun);
    return {
      id: index + 1,
      submitSeconds: milliseconds((record.submit - origin) * workload.timeFactor),
      user,
      ...(partition === undefined ? {} : { partition }),
      cores: scaleSize[workload.sizes.mode](size(record) ?? 1, cores, capacity),
      runSeconds: milliseconds(runSeconds),
      limitSeconds: milliseconds(Math.max(1, runSeconds, estimate)),
      gpus: 0,
      memoryMiB: null,
      traceJob: record.job < 0 ? null : record.job,
    };
  });
}

/**
 * Cores on this cluster for cores on the traced machine; never above the capacity, which `skip` has
 * checked before.
 */
const scaleSize: Record<
  ReplayWorkload["sizes"]["mode"],
  (size: number, traceCores: number, capacity: number) => number
> = {
  scale: (size, traceCores, capacity) =>
    clamp(Math.round((size * capacity) / traceCores), 1, capacity),
  clip: (size, _, capacity) => Math.min(size, capacity),
  skip: (size) => size,
};

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
