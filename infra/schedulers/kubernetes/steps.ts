import type { ClusterPlan } from "../../plan";
import type { KubernetesPolicy } from "../../spec/kubernetes";
import type { ExperimentSpec } from "../../spec/spec";
import type { BootstrapStep } from "../step";

export function kubernetesSteps(
  _policy: KubernetesPolicy,
  _spec: ExperimentSpec,
  _plan: ClusterPlan,
): BootstrapStep[] {
  return [];
}
