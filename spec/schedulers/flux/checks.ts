import { elasticPools, mostNodes } from "../../elastic";
import { partitionNames } from "../../partitions";
import type { Problem } from "../../problems";
import type { ExperimentSpec } from "../../spec";
import type { FluxPolicy } from "./policy";
import { queueProblems } from "./site";

/** What Flux cannot do with nodes that come and go. */
export function fluxProblems(
  { sched, fanOut }: FluxPolicy,
  { topology, scheduler }: Pick<ExperimentSpec, "topology" | "scheduler">,
): Problem[] {
  const queues = queueProblems(
    scheduler.kind === "flux" ? scheduler.site : undefined,
    partitionNames(topology),
  );
  const elastic = elasticPools(topology);
  if (elastic.size === 0) return queues;
  const problems: Problem[] = [...queues];
  problems.push(
    ...[...elastic].flatMap(([pool, { leaving }]) =>
      leaving === "requeue"
        ? [
            {
              path: `topology.${pool === "nodes" ? pool : `pools.${pool}`}.elastic.leaving`,
              message:
                "Flux cannot put a running job back into its queue, and a job that is submitted again is another one; take finish",
            },
          ]
        : [],
    ),
  );
  if (sched.type === "fluxion" && sched.queuePolicy === "fcfs") {
    problems.push({
      path: "scheduler.policy.sched.queuePolicy",
      message:
        "with fcfs Flux ends the jobs that would have to wait for nodes which are away; take easy, conservative or hybrid",
    });
  }
  const nodes = [topology.nodes, ...Object.values(topology.pools)].reduce(
    (sum, pool) => sum + mostNodes(pool),
    0,
  );
  if (nodes > fanOut) {
    problems.push({
      path: "scheduler.policy.fanOut",
      message: `expected at least ${nodes}, the most nodes of all pools, got ${fanOut}: a broker that leaves takes those below it in the tree along`,
    });
  }
  return problems;
}
