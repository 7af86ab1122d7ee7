import path from "node:path";
import { Failure } from "../base/failure";
import type { Report } from "../base/report";
import { userNames } from "../spec/users";
import type { ReplayWorkload } from "../spec/workload";
import { type Cluster, coresOf } from "./cluster";
import type { WorkloadJob } from "./job";
import { machineOf } from "./swf/header";
import type { SwfReading } from "./swf/read";
import { type SwfRecord, size } from "./swf/record";
import type { PlannedWorkload } from "./workload";

/**
 * The first `jobs` usable records of the log, on this cluster. Usable: a run time above 0 and a
 * size. The whole log is read, in strict mode, so that a malformed line is refused wherever it is.
 * Throws SwfError, or Failure when the log does not give the jobs that were asked for.
 */
export async function replayJobs(
  reading: SwfReading,
  workload: ReplayWorkload,
  cluster: Cluster,
  report: Report | undefined,
): Promise<PlannedWorkload> {
  const { usable, skipped } = await firstUsable(reading, workload, cluster, report);
  if (usable.length < workload.jobs) {
    throw new Failure(
      `${reading.name} has ${usable.length} usable jobs of ${reading.jobs}, ` +
        `workload.jobs asks for ${workload.jobs}`,
      { remedy: `set workload.jobs to at most ${usable.length}, or take another trace` },
    );
  }
  const { cores, note } = traceCores(workload, reading);
  const jobs = scaleLog(usable, workload, cores);
  return {
    jobs,
    tasks: jobs.map(() => ({ kind: workload.body })),
    trace: { name: path.basename(reading.name), hash: reading.hash },
    notes: [
      ...[...skipped].map(([reason, count]) => `${count} jobs of the trace skipped: ${reason}`),
      ...note,
    ],
  };
}

/** A usable record, who submits it, and where. */
interface Choice {
  readonly record: SwfRecord;
  readonly user: string;
  readonly partition: string | undefined;
  /** Cores of that partition. */
  readonly capacity: number;
}

async function firstUsable(
  reading: SwfReading,
  workload: ReplayWorkload,
  cluster: Cluster,
  report: Report | undefined,
): Promise<{ usable: Choice[]; skipped: Map<string, number> }> {
  const usable: Choice[] = [];
  const choose = chooser(workload, cluster);
  const skipped = new Map<string, number>();
  let nextReport = 500_000;
  for await (const batch of reading.batches()) {
    for (const record of batch) {
      if (usable.length === workload.jobs) break;
      const choice = choose(record, usable.length);
      if (typeof choice === "string") skipped.set(choice, (skipped.get(choice) ?? 0) + 1);
      else usable.push(choice);
    }
    if (reading.records >= nextReport) {
      report?.(`${reading.name}: ${reading.records} records read`);
      nextReport += 500_000;
    }
  }
  return { usable, skipped };
}

/** A record as a choice, or why it is not usable. Only usable records take a user's turn. */
function chooser(
  workload: ReplayWorkload,
  cluster: Cluster,
): (record: SwfRecord, index: number) => Choice | string {
  const userOf = userMapping(workload);
  return (record, index) => {
    const cores = size(record);
    if (record.run <= 0) return "no run time above 0";
    if (cores === null) return "no size";
    const user = userOf(record, index);
    const partition = workload.users.partitions[user];
    const capacity = coresOf(cluster, partition);
    if (workload.sizes.mode === "skip" && cores > capacity) {
      return `larger than the ${capacity} cores it can have`;
    }
    return { record, user, partition, capacity };
  };
}

/** Cores of the traced machine, and what a person should know about the source of the figure. */
function traceCores(
  { sizes }: ReplayWorkload,
  reading: SwfReading,
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

/**
 * `round-robin`: the trace's users in order of appearance, so that a user's jobs stay together; jobs
 * of an unknown user take turns. `by-job`: every job takes the next user.
 */
function userMapping(workload: ReplayWorkload): (record: SwfRecord, index: number) => string {
  const names = userNames(workload.users.count);
  const turn = (index: number) => names[index % names.length] ?? "user01";
  if (workload.users.mapping === "by-job") return (_, index) => turn(index);
  const seen = new Map<number, string>();
  return ({ user }, index) => {
    if (user < 0) return turn(index);
    const name = seen.get(user) ?? turn(seen.size);
    seen.set(user, name);
    return name;
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
