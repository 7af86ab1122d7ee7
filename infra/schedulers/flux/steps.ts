import type { FluxPolicy } from "../../../spec/schedulers/flux/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import type { BootstrapStep } from "../step";
import { brokerStep } from "./broker";
import { readyStep } from "./ready";

/** Every broker at once, then the wait for them all. */
export function fluxSteps(
  policy: FluxPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
): BootstrapStep[] {
  const brokers = plan.nodes.map((node) => brokerStep(policy, spec, plan, node));
  return [...brokers, readyStep(policy, plan, brokers)];
}
