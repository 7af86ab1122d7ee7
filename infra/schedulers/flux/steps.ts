import { isEmulated } from "../../../spec/emulated";
import type { FluxPolicy } from "../../../spec/schedulers/flux/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import { awaitedAgain } from "../awaited";
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
  const ready = readyStep(policy, spec, plan);
  const again = awaitedAgain(spec, ready);
  const hosts = plan.nodes.map((node) => {
    if (node.role === "controller") return brokerStep(policy, spec, plan, node);
    if (emulated) return emulationHostStep(spec, plan, node);
    return brokerStep(policy, spec, plan, node, again);
  });
  return [...hosts, { ...ready, needs: hosts.map(({ name }) => name) }];
}
