import { createHash } from "node:crypto";
import { printingFunction } from "../../../base/shell-script";
import { gpuResource } from "../../../spec/schedulers/kubernetes/policy";
import type { ClusterPlan, NodePlan } from "../../plan";
import { readiness, script } from "../shell";
import type { BootstrapStep } from "../step";
import { asAdmin } from "./control-plane";

const readySeconds = 120;
const pauseSeconds = 0.3;

/** A shell function that prints for each node what the step looks for, sorted. */
export function realNodes(plan: ClusterPlan): string {
  const expected = plan.nodes
    .filter(({ role }) => role === "compute")
    .map(({ name, vcpus, gpus }) => `${name} True ${vcpus} ${gpus === 0 ? "" : gpus}`.trimEnd())
    .sort();
  return printingFunction("expected", expected.join("\n"));
}

/**
 * Ends when the API server shows every node ready, with its cores and accelerators, as the shell function
 * `expected` in `nodes` has it.
 */
export function readyStep(
  controller: NodePlan,
  nodes: string,
  configuration: string,
  needs: readonly string[],
): BootstrapStep {
  const digest = createHash("sha256").update(configuration).digest("hex").slice(0, 12);
  const resource = gpuResource.replaceAll(".", "\\.");
  const functions = [nodes, readiness(__dirname, "ready.sh", [readySeconds, resource])].join("\n");
  return {
    name: "ready",
    host: controller.name,
    needs,
    create: script(
      `# configuration ${digest}`,
      asAdmin,
      functions,
      `await_readiness ${readySeconds} ${pauseSeconds}`,
    ),
    check: script(asAdmin, functions, "check_readiness"),
  };
}
