import { Failure } from "../../base/failure";
import type { ClusterPlan } from "../../infra/plan";
import type { Problem } from "../../spec/problems";
import type { ExperimentSpec } from "../../spec/spec";
import type { Topology } from "../../spec/topology";
import { type Asked, askedFor, unexpressed } from "../../workloads/asked";
import { type ClusterCapacity, workloadCluster } from "../../workloads/cluster";
import { programHash } from "../../workloads/hpcg/hash";
import { workloadJobs } from "../../workloads/workload";
import { sectionText, type TupleFiles } from "./hash";
import { plannedLength } from "./length";
import type { Tuple } from "./types";

/** What is known of a tuple's workload once its jobs are planned, or why they cannot be. */
export type ReadWorkload =
  | { readonly files: TupleFiles; readonly workload: Tuple["workload"] }
  | { readonly problem: Problem };

type Read = Exclude<ReadWorkload, { problem: Problem }>;
/** The same for every scheduler, but for what its jobs ask for and some schedulers cannot be asked for. */
type Planned = (Read & { readonly asked: readonly Asked[] }) | { readonly problem: Problem };
type Known = Map<string, Promise<Planned>>;

/**
 * Plans the jobs of tuples, once for all that share workload and machine. Traces and programs are read;
 * what they lack is a problem of the tuple, not an error.
 */
export class WorkloadReader {
  private readonly machines = new Map<string, Known>();

  /** A reader for the tuples of one cluster. */
  on(topology: Topology, plan: ClusterPlan): (spec: ExperimentSpec) => Promise<ReadWorkload> {
    const machine = workloadCluster(topology, plan.nodes, plan.partitions);
    const key = JSON.stringify(machine);
    const known: Known = this.machines.get(key) ?? new Map();
    this.machines.set(key, known);
    return async (spec) => {
      const text = sectionText(spec.workload);
      const found = known.get(text) ?? planned(spec, machine);
      known.set(text, found);
      return underScheduler(await found, spec);
    };
  }
}

async function planned(spec: ExperimentSpec, machine: ClusterCapacity): Promise<Planned> {
  return orProblem(async () => {
    const { jobs, tasks, trace, notes } = await workloadJobs(spec.workload, machine);
    return {
      files: { traceHash: trace?.hash ?? null, programHash: programHash(tasks) },
      workload: { jobs: jobs.length, seconds: plannedLength(jobs, machine.capacityCores), notes },
      asked: askedFor(jobs),
    };
  });
}

function underScheduler(found: Planned, spec: ExperimentSpec): Promise<ReadWorkload> {
  return orProblem(async () => {
    if ("problem" in found) return found;
    const { files, workload, asked } = found;
    const notes = [...workload.notes, ...unexpressed(asked, spec)];
    return { files, workload: { ...workload, notes } };
  });
}

async function orProblem<T>(read: () => Promise<T>): Promise<T | { readonly problem: Problem }> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, remedy } = error;
    return {
      problem: {
        path: "workload",
        message: remedy === undefined ? message : `${message}; ${remedy}`,
      },
    };
  }
}
