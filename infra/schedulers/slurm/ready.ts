import type { NodePlan } from "../../plan";
import { readiness, script } from "../shell";
import type { BootstrapStep } from "../step";
import { slurmctldLog, slurmdLog } from "./paths";

/** From slurmd's start to the controller's knowing it: a second natively, minutes under emulation. */
const readySeconds = 300;
const pauseSeconds = 0.2;

/**
 * Ends when every one of the nodes, in Slurm's notation, can take jobs. It holds a digest of the
 * configuration, so that a change of that is waited for again.
 */
export function readyStep(
  nodes: string,
  controller: NodePlan,
  digest: string,
): Omit<BootstrapStep, "needs"> {
  const functions = readiness(__dirname, "ready.sh", [
    nodes,
    readySeconds,
    slurmdLog,
    slurmctldLog,
  ]);
  return {
    name: "ready",
    host: controller.name,
    create: script(
      `# configuration ${digest}`,
      functions,
      `await_readiness ${readySeconds} ${pauseSeconds}`,
    ),
    check: script(functions, "check_readiness"),
  };
}
