import { createHash } from "node:crypto";
import type { FluxPolicy } from "../../../spec/schedulers/flux/policy";
import type { ClusterPlan } from "../../plan";
import { readiness, script } from "../shell";
import type { BootstrapStep } from "../step";
import { brokerFiles, leaderFile } from "./configuration";
import { brokerLog } from "./paths";

/** From the brokers' start to the controller's knowing all nodes: a second natively, minutes under emulation. */
const readySeconds = 300;
const pauseSeconds = 0.2;

/**
 * Ends when every node can take jobs. It holds a digest of the configuration, so that a change of
 * that is waited for again.
 */
export function readyStep(
  policy: FluxPolicy,
  plan: ClusterPlan,
  brokers: readonly BootstrapStep[],
): BootstrapStep {
  const controller = plan.nodes.find(({ role }) => role === "controller");
  if (controller === undefined) throw new RangeError("a cluster needs a controller");
  const compute = plan.nodes.filter(({ role }) => role === "compute").map(({ name }) => name);
  const configuration = [...brokerFiles(policy, plan), leaderFile(policy, plan)];
  const digest = createHash("sha256")
    .update(configuration.map(({ content }) => content).join(""))
    .digest("hex")
    .slice(0, 12);
  const functions = readiness(__dirname, "ready.sh", [compute.join(","), readySeconds, brokerLog]);
  return {
    name: "ready",
    host: controller.name,
    needs: brokers.map(({ name }) => name),
    create: script(
      `# configuration ${digest}`,
      functions,
      `await_readiness ${readySeconds} ${pauseSeconds}`,
    ),
    check: script(functions, "check_readiness"),
  };
}
