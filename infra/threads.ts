import type { HostThreads } from "../host/threads";
import { isEmulated, schedulerNodes } from "../spec/emulated";
import { specFacts } from "../spec/schedulers/facts";
import type { ExperimentSpec } from "../spec/spec";
import { mostAtOnce } from "../workloads/at-once";
import { workloadCluster } from "../workloads/cluster";
import type { PlannedWorkload } from "../workloads/planned";
import type { CapacityProblem } from "./capacity";
import type { ClusterPlan } from "./plan";

/** Threads that emulated nodes and their jobs hold, which containers take from the host's. */
export interface ThreadNeed {
  readonly nodes: number;
  readonly threadsOfNodes: number;
  /** Jobs with a process that may run at the same time. */
  readonly jobs: number;
  readonly threadsOfJobs: number;
}

/** What nodes on domains that do not run yet, and the jobs of the workload, need; null without emulated nodes. */
export function threadNeed(
  { scheduler, topology }: ExperimentSpec,
  { nodes, partitions }: ClusterPlan,
  { jobs: planned, tasks }: Pick<PlannedWorkload, "jobs" | "tasks">,
  running: ReadonlySet<string>,
): ThreadNeed | null {
  if (!isEmulated(topology)) return null;
  const { threadsPerNode, threadsPerJob } = specFacts[scheduler.kind].emulation;
  const down = new Set(nodes.flatMap((node) => (running.has(node.domainName) ? [] : [node.name])));
  const started = schedulerNodes(topology, nodes).filter(({ host }) => down.has(host)).length;
  const offer = workloadCluster(topology, nodes, partitions);
  const processes = planned.filter((_, index) => tasks[index]?.kind !== "hold");
  const jobs = threadsPerJob === 0 ? 0 : mostAtOnce(processes, offer);
  return {
    nodes: started,
    threadsOfNodes: started * threadsPerNode,
    jobs,
    threadsOfJobs: jobs * threadsPerJob,
  };
}

/** What the host lacks of them; empty when nothing is lacking. */
export function threadProblems(
  need: ThreadNeed | null,
  threads: HostThreads | null,
): CapacityProblem[] {
  if (need === null || threads === null) return [];
  const { nodes, threadsOfNodes, jobs, threadsOfJobs } = need;
  const wanted = threadsOfNodes + threadsOfJobs;
  const left = Math.max(0, threads.limit - threads.used);
  if (wanted <= left) return [];
  const enough = 2 ** Math.ceil(Math.log2(threads.used + wanted) + 1);
  const parts = [
    ...(threadsOfNodes > 0 ? [`${threadsOfNodes} of ${nodes} emulated nodes`] : []),
    ...(threadsOfJobs > 0 ? [`${threadsOfJobs} of ${jobs} jobs with a process at once`] : []),
  ];
  return [
    {
      what: "threads",
      needed: `${wanted} threads (${parts.join(", ")})`,
      have: `${left} of ${threads.limit} left`,
      remedy:
        `raise the limit: sysctl -w kernel.pid_max=${enough}, or take fewer emulated nodes` +
        (threadsOfJobs > 0 ? ", or jobs without a process (body: hold)" : ""),
    },
  ];
}
