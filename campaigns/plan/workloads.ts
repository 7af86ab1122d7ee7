import { Failure } from "../../base/failure";
import type { ClusterPlan } from "../../infra/plan";
import { checkWorkload } from "../../infra/workload";
import type { Problem } from "../../spec/problems";
import type { ExperimentSpec } from "../../spec/spec";
import type { Topology } from "../../spec/topology";
import { workloadCluster } from "../../workloads/cluster";
import { programHash } from "../../workloads/hpcg/hash";
import { sectionText, type TupleFiles } from "./hash";
import { plannedLength } from "./length";
import type { Tuple } from "./types";

/** What is known of a tuple's workload once its jobs are planned, or why they cannot be. */
export type ReadWorkload =
  | { readonly files: TupleFiles; readonly workload: Tuple["workload"] }
  | { readonly problem: Problem };

type Known = Map<string, Promise<ReadWorkload>>;

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
    return (spec) => {
      const text = sectionText(spec.workload);
      const found = known.get(text) ?? planned(spec, plan, machine.capacityCores);
      known.set(text, found);
      return found;
    };
  }
}

async function planned(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  cores: number,
): Promise<ReadWorkload> {
  try {
    const { jobs, tasks, trace, notes } = await checkWorkload(spec, plan);
    return {
      files: { traceHash: trace?.hash ?? null, programHash: programHash(tasks) },
      workload: { jobs: jobs.length, seconds: plannedLength(jobs, cores), notes },
    };
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
