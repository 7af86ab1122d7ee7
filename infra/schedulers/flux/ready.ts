import { createHash } from "node:crypto";
import { shellScript } from "../../../base/shell-script";
import type { FluxPolicy } from "../../../spec/schedulers/flux/policy";
import type { ClusterPlan } from "../../plan";
import { awaitReadiness, readinessCheck, script } from "../shell";
import type { BootstrapStep } from "../step";
import { brokerFiles, leaderFile } from "./configuration";
import { brokerLog } from "./paths";

/** From the brokers' start to the controller's knowing all nodes: a second natively, minutes under emulation. */
const readySeconds = 300;

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
  const functions = shellScript(
    __dirname,
    ["ready.sh"],
    [compute.join(","), readySeconds, brokerLog],
  );
  return {
    name: "ready",
    host: controller.name,
    needs: brokers.map(({ name }) => name),
    create: script(
      `# configuration ${digest}`,
      functions,
      awaitReadiness({
        missing: "not_ready",
        seconds: readySeconds,
        pauseSeconds: 0.2,
        complaint: [
          'echo "after $seconds s these nodes take no jobs:"',
          'echo "the brokers as the controller sees them:"',
          "flux_says overlay status || true",
          'echo "the end of $log:"',
          'tail -n 20 "$log"',
        ],
        remedy: "resume",
      }),
    ),
    check: script(functions, readinessCheck("not_ready")),
  };
}
