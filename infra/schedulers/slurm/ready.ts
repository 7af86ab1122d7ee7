import type { ClusterPlan, NodePlan } from "../../plan";
import { readiness, script } from "../shell";
import type { BootstrapStep } from "../step";
import { slurmctldLog, slurmdLog } from "./paths";

/** From slurmd's start to the controller's knowing it: a second natively, minutes under emulation. */
const readySeconds = 300;
const pauseSeconds = 0.2;

/**
 * Ends when every node can take jobs. It holds a digest of the configuration, so that a change of
 * that is waited for again.
 */
export function readyStep(
  plan: ClusterPlan,
  controller: NodePlan,
  digest: string,
  needs: readonly string[],
): BootstrapStep {
  const compute = plan.nodes.filter((node) => node.role === "compute").map(({ name }) => name);
  const functions = readiness(__dirname, "ready.sh", [
    compute.join(","),
    readySeconds,
    slurmdLog,
    slurmctldLog,
  ]);
  return {
    name: "ready",
    host: controller.name,
    needs,
    create: script(
      `# configuration ${digest}`,
      functions,
      `await_readiness ${readySeconds} ${pauseSeconds}`,
    ),
    check: script(functions, "check_readiness"),
  };
}
