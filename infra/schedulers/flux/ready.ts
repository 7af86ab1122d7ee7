import { isEmulated } from "../../../spec/emulated";
import type { FluxPolicy } from "../../../spec/schedulers/flux/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import { awaitingStep } from "../ready";
import { readiness } from "../shell";
import type { BootstrapStep } from "../step";
import { brokerFiles, leaderFile } from "./configuration";
import { emulatedNodeSets } from "./emulated";
import { brokerLog } from "./paths";

/** From the brokers' start to the controller's knowing all nodes: a second natively, minutes under emulation. */
const readySeconds = 300;
const pauseSeconds = 0.2;

/** Ends when every node can take jobs. */
export function readyStep(
  policy: FluxPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
): Omit<BootstrapStep, "needs"> {
  const controller = plan.nodes.find(({ role }) => role === "controller");
  if (controller === undefined) throw new RangeError("a cluster needs a controller");
  const configuration = [...brokerFiles(policy, spec, plan), leaderFile(policy, spec, plan)];
  return awaitingStep({
    host: controller.name,
    configuration: configuration.map(({ content }) => content).join(""),
    functions: [readinessOf(spec, plan)],
    seconds: readySeconds,
    pauseSeconds,
  });
}

function readinessOf({ topology }: ExperimentSpec, plan: ClusterPlan): string {
  if (isEmulated(topology)) {
    const sets = emulatedNodeSets(topology, plan);
    const list = sets.map(({ hosts }) => hosts).join(",");
    return readiness(__dirname, "ready-emulated.sh", [list, readySeconds, brokerLog]);
  }
  const compute = plan.nodes.filter(({ role }) => role === "compute").map(({ name }) => name);
  return readiness(__dirname, "ready.sh", [compute.join(","), readySeconds, brokerLog]);
}
