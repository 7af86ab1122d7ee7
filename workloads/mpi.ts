import { userNames } from "../spec/users";
import type { HpcgWorkload, HplWorkload } from "../spec/workload";
import { type ClusterCapacity, coresOf } from "./cluster";
import { planHpcg } from "./hpcg/plan";
import { hpcgSource } from "./hpcg/program";
import { planHpl } from "./hpl/plan";
import type { WorkloadJob } from "./job";
import type { PlannedWorkload, WorkloadOptions } from "./planned";
import type { Task } from "./task";

/** HPL by Debian's hpcc. */
export async function hplWorkload(
  workload: HplWorkload,
  cluster: ClusterCapacity,
): Promise<PlannedWorkload> {
  return mpiJobs(workload, cluster, (cores) => {
    const plan = planHpl({ ...workload, ...cluster, cores });
    return { task: { kind: "hpl", ...plan }, seconds: plan.expectedSeconds };
  });
}

/** Time in addition to the timed phase: set-up, reference runs, and the report. */
const hpcgOverheadSeconds = 30;

/** HPCG of the user's, from a directory or from the image. Throws Failure when there is none. */
export async function hpcgWorkload(
  workload: HpcgWorkload,
  cluster: ClusterCapacity,
  options: WorkloadOptions,
): Promise<PlannedWorkload> {
  const program = await hpcgSource(workload.program, options.directory);
  const plan = planHpcg({ ...workload, ...cluster });
  const seconds = plan.seconds + hpcgOverheadSeconds;
  return mpiJobs(workload, cluster, () => ({
    task: { kind: "hpcg", program, ...plan },
    seconds,
  }));
}

/** A benchmark must not be ended because the host is busy, or slower than expected. */
const limitFactor = 5;
const shortestLimit = 60;

/** One after another, `gap` apart, by each user in turn; the baseline of one rank first. */
function mpiJobs(
  workload: HplWorkload | HpcgWorkload,
  cluster: ClusterCapacity,
  plan: (cores: number) => { readonly task: Task; readonly seconds: number },
): PlannedWorkload {
  const { users, gap, baseline } = workload;
  const names = userNames(users.count);
  const planned = Array.from({ length: workload.jobs }, (_, index) => {
    const user = names[index % names.length] ?? "user01";
    const partition = users.partitions[user];
    const whole = workload.cores ?? coresOf(cluster, partition);
    // A single job is the one that was asked for, not a baseline.
    const cores = baseline && index === 0 && workload.jobs > 1 ? 1 : whole;
    const { task, seconds } = plan(cores);
    const job: WorkloadJob = {
      id: index + 1,
      submitSeconds: index * gap,
      user,
      ...(partition === undefined ? {} : { partition }),
      cores,
      runSeconds: Math.round(seconds),
      limitSeconds: Math.max(shortestLimit, Math.ceil(seconds * limitFactor)),
      gpus: 0,
      memoryMiB: null,
      traceJob: null,
    };
    return { job, task };
  });
  return {
    jobs: planned.map(({ job }) => job),
    tasks: planned.map(({ task }) => task),
    trace: null,
    notes: [],
  };
}
