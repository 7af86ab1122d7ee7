import type { ExperimentSpec } from "../spec/spec";
import type { DomainKind } from "../spec/topology";
import { linkSteps } from "./link";
import type { ClusterPlan } from "./plan";
import { bootstrapSteps } from "./schedulers/registry";
import type { BootstrapStep } from "./schedulers/step";

/** All that is done on the nodes of a cluster, each step after those that it needs. */
export function clusterSteps(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  kind: DomainKind,
): BootstrapStep[] {
  return [...linkSteps(plan, kind), ...bootstrapSteps(spec, plan)];
}
