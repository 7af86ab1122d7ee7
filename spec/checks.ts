import { clockProblems } from "./clock-checks";
import { emulationProblems } from "./emulation-checks";
import { emulationCostProblems } from "./emulation-cost";
import { partitionNames } from "./partitions";
import { autoscalingProblems } from "./pool-checks";
import type { Problem } from "./problems";
import { askFacts } from "./schedulers/facts";
import { siteProblems } from "./schedulers/site-checks";
import type { ExperimentSpec } from "./spec";
import type { Topology } from "./topology";
import { topologyProblems } from "./topology-checks";
import { workloadProblems } from "./workload-checks";

/** What is wrong between fields that are each well formed. */
export function specProblems(spec: ExperimentSpec): Problem[] {
  const { topology, scheduler, workload } = spec;
  // Those of a site are in its list of nodes.
  const further =
    scheduler.site === undefined
      ? askFacts(scheduler, (facts, policy) => facts.furtherPartitions(policy))
      : [];
  return [
    ...knownTopologyProblems(topology),
    ...siteProblems(scheduler),
    ...askFacts(scheduler, ({ problems }, policy) => problems(policy, spec)),
    ...autoscalingProblems(scheduler.kind, topology),
    ...clockProblems(spec),
    ...emulationCostProblems(scheduler.kind, topology),
    ...workloadProblems(workload, [...partitionNames(topology), ...further]),
    ...emulationProblems(workload, topology),
  ];
}

/** The tuples of a campaign share topologies, whose checks take longest. */
const known = new WeakMap<Topology, readonly Problem[]>();

function knownTopologyProblems(topology: Topology): readonly Problem[] {
  const found = known.get(topology) ?? topologyProblems(topology);
  known.set(topology, found);
  return found;
}
