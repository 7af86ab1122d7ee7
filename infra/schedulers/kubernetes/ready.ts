import { printingFunction } from "../../../base/shell-script";
import { gpuResource } from "../../../spec/schedulers/kubernetes/policy";
import type { ClusterPlan, NodePlan } from "../../plan";
import { awaitingStep } from "../ready";
import { readiness } from "../shell";
import type { BootstrapStep } from "../step";
import { asAdmin } from "./control-plane";

const readySeconds = 120;
const pauseSeconds = 0.3;

/** Ends when the API server shows every node ready, with its cores and accelerators. */
export function readyStep(
  plan: ClusterPlan,
  controller: NodePlan,
  configuration: string,
): Omit<BootstrapStep, "needs"> {
  const expected = plan.nodes
    .filter(({ role }) => role === "compute")
    .map(({ name, vcpus, gpus }) => `${name} True ${vcpus} ${gpus === 0 ? "" : gpus}`.trimEnd())
    .sort();
  const resource = gpuResource.replaceAll(".", "\\.");
  return awaitingStep({
    host: controller.name,
    configuration,
    functions: [
      asAdmin,
      printingFunction("expected", expected.join("\n")),
      readiness(__dirname, "ready.sh", [readySeconds, resource]),
    ],
    seconds: readySeconds,
    pauseSeconds,
  });
}
