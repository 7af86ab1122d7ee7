import { isEmulated } from "../../../spec/emulated";
import { hasSwitches } from "../../../spec/schedulers/kubernetes/emulated";
import type { KubernetesPolicy } from "../../../spec/schedulers/kubernetes/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import { awaitedAgain } from "../awaited";
import type { BootstrapStep } from "../step";
import { controlPlaneStep } from "./control-plane";
import { kwokAccessStep } from "./emulated/access";
import { kwokStep } from "./emulated/kwok";
import { emulatedNodesStep } from "./emulated/nodes";
import { emulatedReadyStep } from "./emulated/ready";
import { switchesStep } from "./emulated/switches";
import { nodeStep } from "./node";
import { readyStep } from "./ready";
import { schedulerConfig } from "./volcano";
import { volcanoStep } from "./volcano-step";

/** The control plane, then Volcano and all nodes at the same time, then the wait for all of them. */
export function kubernetesSteps(
  policy: KubernetesPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
): BootstrapStep[] {
  const controller = plan.nodes.find(({ role }) => role === "controller");
  if (controller === undefined) throw new RangeError("a cluster needs a controller");
  const compute = plan.nodes.filter(({ role }) => role === "compute");
  const emulated = isEmulated(spec.topology);
  const configuration = schedulerConfig(policy, hasSwitches(spec.topology)).content;
  const ready = emulated
    ? emulatedReadyStep(spec, plan, controller, configuration)
    : readyStep(plan, controller, configuration);
  const again = awaitedAgain(spec, ready);
  const before = [
    controlPlaneStep(spec, plan, controller),
    volcanoStep(policy, spec, controller),
    ...(emulated
      ? [
          kwokAccessStep(controller),
          emulatedNodesStep(spec, plan, controller),
          ...(hasSwitches(spec.topology) ? [switchesStep(spec, controller)] : []),
          ...compute.map((domain) => kwokStep(spec, plan, domain)),
        ]
      : compute.map((node) => nodeStep(spec, plan, node, controller, again))),
  ];
  return [...before, { ...ready, needs: before.map(({ name }) => name) }];
}
