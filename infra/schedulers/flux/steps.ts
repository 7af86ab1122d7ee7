import { isEmulated } from "../../../spec/emulated";
import type { FluxPolicy } from "../../../spec/schedulers/flux/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import type { BootstrapStep } from "../step";
import { brokerStep } from "./broker";
import { emulationHostStep } from "./emulation-host";
import { readyStep } from "./ready";

/** Every broker at once, then the wait for all nodes. Where nodes are emulated, the controller's is the only one. */
export function fluxSteps(
  policy: FluxPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
): BootstrapStep[] {
  const emulated = isEmulated(spec.topology);
  const hosts = plan.nodes.map((node) =>
    emulated && node.role === "compute"
      ? emulationHostStep(spec, plan, node)
      : brokerStep(policy, spec, plan, node),
  );
  return [...hosts, readyStep(policy, spec, plan, hosts)];
}
