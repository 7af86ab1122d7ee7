import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import type { Report } from "../base/report";
import type { Workload, WorkloadKind } from "../spec/workload";
import { type Cluster, coresOf } from "./cluster";
import type { WorkloadJob } from "./job";
import { mixedWorkload } from "./mixed";
import { lublinWorkload, poissonWorkload } from "./modelled";
import { hpcgWorkload, hplWorkload } from "./mpi";
import type { Task } from "./task";
import { traceJobs } from "./trace";

export type { Cluster };

export interface PlannedWorkload {
  /** In order of submission. */
  readonly jobs: readonly WorkloadJob[];
  /** What each of the jobs does, in the same order. */
  readonly tasks: readonly Task[];
  /** The trace they come from, with the sha256 of its bytes. */
  readonly trace: { readonly name: string; readonly hash: string } | null;
  /** What a person should know, such as jobs that were skipped. */
  readonly notes: readonly string[];
}

export interface WorkloadOptions {
  /** Where relative file names start. */
  readonly directory: string;
  readonly report?: Report | undefined;
}

type Planner<K extends WorkloadKind> = (
  workload: Extract<Workload, { kind: K }>,
  cluster: Cluster,
  options: WorkloadOptions,
) => Promise<PlannedWorkload>;

/** The one place where a workload's kind is told apart. */
const planners: { readonly [K in WorkloadKind]: Planner<K> } = {
  trace: traceJobs,
  poisson: poissonWorkload,
  lublin: lublinWorkload,
  hpl: hplWorkload,
  hpcg: hpcgWorkload,
  mixed: (workload, cluster, options) =>
    mixedWorkload(workload, (component) => plan(component, cluster, options)),
};

function plan(
  workload: Workload,
  cluster: Cluster,
  options: WorkloadOptions,
): Promise<PlannedWorkload> {
  const planner = planners[workload.kind] as (
    workload: Workload,
    cluster: Cluster,
    options: WorkloadOptions,
  ) => Promise<PlannedWorkload>;
  return planner(workload, cluster, options);
}

/**
 * Spec to jobs, the same for every scheduler. Throws Failure (SwfError for a bad trace) before
 * anything is submitted, also when a job could never start on this cluster.
 */
export async function workloadJobs(
  workload: Workload,
  cluster: Cluster,
  options: Partial<WorkloadOptions> = {},
): Promise<PlannedWorkload> {
  const { directory = repoRoot, report } = options;
  const planned = await plan(workload, cluster, { directory, report });
  refuseImpossible(planned.jobs, cluster);
  return planned;
}

/** Throws Failure naming every job that asks for more than its partition or the cluster has. */
export function refuseImpossible(jobs: readonly WorkloadJob[], cluster: Cluster): void {
  const problems = jobs.flatMap((job) => {
    const name = `job ${job.id}${job.traceJob === null ? "" : ` (${job.traceJob} in the trace)`}`;
    const lacks: string[] = [];
    const cores = coresOf(cluster, job.partition);
    if (job.cores > cores) {
      const where = job.partition === undefined ? "" : ` in partition ${job.partition}`;
      lacks.push(`${name} wants ${job.cores} cores${where}, there are ${cores}`);
    }
    if (job.gpus > cluster.gpus) {
      lacks.push(`${name} wants ${job.gpus} GPUs, there are ${cluster.gpus}`);
    }
    return lacks;
  });
  if (problems.length === 0) return;
  throw new Failure(`${problems.length} jobs can never start; the first: ${problems[0]}`, {
    detail: problems.join("\n"),
  });
}
