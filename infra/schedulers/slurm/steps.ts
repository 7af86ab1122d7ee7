import type { SlurmPolicy } from "../../../spec/schedulers/slurm/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import type { BootstrapStep } from "../step";
import { slurmdbdStep } from "./accounting";
import { slurmFiles } from "./configuration";
import { slurmctldStep } from "./controller";
import { emulatedNodes, hostlist } from "./emulated";
import { emulatedNodesStep } from "./emulated-step";
import { slurmdStep } from "./node";
import { needsAccounting } from "./policy";
import { readyStep } from "./ready";

/** slurmdbd if the policy needs it, slurmctld, all slurmd at the same time, then the wait for all of them. */
export function slurmSteps(
  policy: SlurmPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
): BootstrapStep[] {
  const controller = plan.nodes.find((node) => node.role === "controller");
  if (controller === undefined) throw new RangeError("a cluster needs a controller");
  const control = [
    ...(needsAccounting(policy) ? [slurmdbdStep(policy, spec, plan, controller)] : []),
    slurmctldStep(policy, spec, plan, controller),
  ];
  const emulated = emulatedNodes(spec, plan);
  const compute = plan.nodes.filter((node) => node.role === "compute");
  const nodes = compute.map((node) =>
    emulated === null
      ? slurmdStep(spec, plan, node, controller)
      : emulatedNodesStep(spec, plan, emulated, node, controller),
  );
  const before = [...control, ...nodes];
  const configuration = slurmFiles(policy, plan, emulated)
    .map(({ content }) => content)
    .join("");
  return [
    ...before,
    readyStep(
      emulated === null ? compute.map(({ name }) => name).join(",") : hostlist(emulated.nodes),
      controller,
      configuration,
      before.map(({ name }) => name),
    ),
  ];
}
