import { Failure } from "../base/failure";
import { repoRoot } from "../base/paths";
import type { Workload, WorkloadKind } from "../spec/workload";
import { type ClusterCapacity, coresOf, coresWithMemory } from "./cluster";
import { elasticWorkload } from "./elastic/plan";
import { misfit } from "./fit";
import type { WorkloadJob } from "./job";
import { mixedWorkload } from "./mixed";
import { lublinWorkload, poissonWorkload } from "./modelled";
import { hpcgWorkload, hplWorkload } from "./mpi";
import type { PlannedWorkload, WorkloadOptions } from "./planned";
import { traceJobs } from "./trace";

type Planner<K extends WorkloadKind> = (
  workload: Extract<Workload, { kind: K }>,
  cluster: ClusterCapacity,
  options: WorkloadOptions,
) => Promise<PlannedWorkload>;

/** The one place where a workload's kind is told apart. */
const planners: { readonly [K in WorkloadKind]: Planner<K> } = {
  trace: traceJobs,
  poisson: poissonWorkload,
  lublin: lublinWorkload,
  hpl: hplWorkload,
  hpcg: hpcgWorkload,
  elastic: elasticWorkload,
  mixed: (workload, cluster, options) =>
    mixedWorkload(workload, (component) => plan(component, cluster, options)),
};

function plan(
  workload: Workload,
  cluster: ClusterCapacity,
  options: WorkloadOptions,
): Promise<PlannedWorkload> {
  const planner = planners[workload.kind] as (
    workload: Workload,
    cluster: ClusterCapacity,
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
  cluster: ClusterCapacity,
  options: Partial<WorkloadOptions> = {},
): Promise<PlannedWorkload> {
  const { directory = repoRoot, report } = options;
  const planned = await plan(workload, cluster, { directory, report });
  refuseImpossible(planned.jobs, cluster);
  return planned;
}

/** Throws Failure naming every job that asks for more than its partition or the cluster has. */
export function refuseImpossible(jobs: readonly WorkloadJob[], cluster: ClusterCapacity): void {
  const problems = jobs.flatMap((job) => {
    const name = `job ${job.id}${job.traceJob === null ? "" : ` (${job.traceJob} in the trace)`}`;
    const lacks: string[] = [];
    const cores = coresOf(cluster, job.partition);
    const where = job.partition === undefined ? "" : ` in partition ${job.partition}`;
    if (job.cores > cores) {
      lacks.push(`${name} wants ${job.cores} cores${where}, there are ${cores}`);
    }
    // Of a job that says on how many nodes it runs, each node's memory counts.
    const anywhere = job.memoryMiB !== null && job.nodes === undefined;
    const perCore = anywhere ? Math.ceil((job.memoryMiB ?? 0) / job.cores) : 0;
    const roomy = perCore === 0 ? cores : coresWithMemory(cluster, job.partition, perCore);
    if (job.cores <= cores && job.cores > roomy) {
      lacks.push(
        `${name} wants ${job.cores} cores with ${perCore} MiB each${where}, there are ${roomy}`,
      );
    }
    if (job.gpus > cluster.gpus) {
      lacks.push(`${name} wants ${job.gpus} GPUs, there are ${cluster.gpus}`);
    }
    const other = lacks.length === 0 ? misfit(job, cluster) : null;
    return other === null ? lacks : [`${name} wants ${other}`];
  });
  if (problems.length === 0) return;
  throw new Failure(`${problems.length} jobs can never start; the first: ${problems[0]}`, {
    detail: problems.join("\n"),
  });
}
