import type { SlurmPolicy } from "../../../spec/schedulers/slurm/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import { awaitedAgain } from "../awaited";
import type { BootstrapStep } from "../step";
import { slurmdbdStep } from "./accounting";
import { slurmFiles } from "./configuration";
import { slurmctldStep } from "./controller";
import { hostlist } from "./emulated";
import { emulatedNodesStep } from "./emulated-step";
import { hasAccounts, slurmLayout } from "./layout";
import { slurmdStep } from "./node";
import { readyStep } from "./ready";

/** slurmdbd if the policy needs it, slurmctld, all slurmd at the same time, then the wait for all of them. */
export function slurmSteps(
  policy: SlurmPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
): BootstrapStep[] {
  const controller = plan.nodes.find((node) => node.role === "controller");
  if (controller === undefined) throw new RangeError("a cluster needs a controller");
  const layout = slurmLayout(spec, plan);
  const control = [
    ...(hasAccounts(policy, layout) ? [slurmdbdStep(policy, spec, plan, controller)] : []),
    slurmctldStep(policy, spec, plan, controller),
  ];
  const { emulated } = layout;
  const configuration = slurmFiles(policy, plan, layout)
    .map(({ content }) => content)
    .join("");
  const compute = plan.nodes.filter((node) => node.role === "compute");
  const ready = readyStep(
    emulated === null ? compute.map(({ name }) => name).join(",") : hostlist(emulated.nodes),
    controller,
    configuration,
  );
  const again = awaitedAgain(spec, ready);
  const nodes = compute.map((node) =>
    emulated === null
      ? slurmdStep(spec, plan, node, controller, again)
      : emulatedNodesStep(spec, plan, emulated, node, controller),
  );
  const before = [...control, ...nodes];
  return [...before, { ...ready, needs: before.map(({ name }) => name) }];
}
