import { createHash } from "node:crypto";
import { printingFunction } from "../../../base/shell-script";
import { gpuResource } from "../../../spec/schedulers/kubernetes/policy";
import type { ClusterPlan, NodePlan } from "../../plan";
import { readiness, script } from "../shell";
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
  const digest = createHash("sha256").update(configuration).digest("hex").slice(0, 12);
  const expected = plan.nodes
    .filter(({ role }) => role === "compute")
    .map(({ name, vcpus, gpus }) => `${name} True ${vcpus} ${gpus === 0 ? "" : gpus}`.trimEnd())
    .sort();
  const resource = gpuResource.replaceAll(".", "\\.");
  const functions = [
    printingFunction("expected", expected.join("\n")),
    readiness(__dirname, "ready.sh", [readySeconds, resource]),
  ].join("\n");
  return {
    name: "ready",
    host: controller.name,
    create: script(
      `# configuration ${digest}`,
      asAdmin,
      functions,
      `await_readiness ${readySeconds} ${pauseSeconds}`,
    ),
    check: script(asAdmin, functions, "check_readiness"),
  };
}
