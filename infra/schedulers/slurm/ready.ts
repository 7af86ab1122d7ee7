import type { NodePlan } from "../../plan";
import { awaitingStep } from "../ready";
import { readiness } from "../shell";
import type { BootstrapStep } from "../step";
import { slurmctldLog, slurmdLog } from "./paths";

/** From slurmd's start to the controller's knowing it: a second natively, minutes under emulation. */
const readySeconds = 300;
const pauseSeconds = 0.2;

/** Ends when every one of the nodes, in Slurm's notation, can take jobs. */
export function readyStep(
  nodes: string,
  controller: NodePlan,
  configuration: string,
): Omit<BootstrapStep, "needs"> {
  const functions = readiness(__dirname, "ready.sh", [
    nodes,
    readySeconds,
    slurmdLog,
    slurmctldLog,
  ]);
  return awaitingStep({
    host: controller.name,
    configuration,
    functions: [functions],
    seconds: readySeconds,
    pauseSeconds,
  });
}
