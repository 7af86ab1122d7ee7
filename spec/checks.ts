import { partitionNames } from "./partitions";
import type { Problem } from "./problems";
import { askFacts } from "./schedulers/facts";
import type { ExperimentSpec } from "./spec";
import { topologyProblems } from "./topology-checks";
import { workloadProblems } from "./workload-checks";

/** What is wrong between fields that are each well formed. */
export function specProblems(spec: ExperimentSpec): Problem[] {
  const { topology, scheduler, workload } = spec;
  const further = askFacts(scheduler, (facts, policy) => facts.furtherPartitions(policy));
  return [
    ...topologyProblems(topology),
    ...askFacts(scheduler, ({ problems }, policy) => problems(policy, spec)),
    ...workloadProblems(workload, [...partitionNames(topology), ...further]),
  ];
}
