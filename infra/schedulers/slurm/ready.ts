import { createHash } from "node:crypto";
import type { ClusterPlan, NodePlan } from "../../plan";
import { awaitReadiness, readinessCheck, script } from "../shell";
import type { BootstrapStep } from "../step";
import { slurmctldLog, slurmdLog } from "./paths";

/** From slurmd's start to the controller's knowing it: a second natively, minutes under emulation. */
const readySeconds = 300;

/**
 * Ends when every node can take jobs. It holds a digest of the configuration, so that a change of
 * that is waited for again.
 */
export function readyStep(
  plan: ClusterPlan,
  controller: NodePlan,
  configuration: string,
  needs: readonly string[],
): BootstrapStep {
  const compute = plan.nodes.filter((node) => node.role === "compute").map(({ name }) => name);
  const digest = createHash("sha256").update(configuration).digest("hex").slice(0, 12);
  const notReady = [
    "not_ready() {",
    `  sinfo -h -N -n ${compute.join(",")} -o '%N %T' | sort -u | { grep -Ev ' (idle|mixed|allocated|completing)$' || true; }`,
    "}",
  ].join("\n");
  // A node that an earlier failure drained is given another chance.
  const resume = [
    "resume() {",
    "  local drained",
    `  drained="$(sinfo -h -N -n ${compute.join(",")} -t drain -o %N | sort -u | paste -sd,)"`,
    '  [ -z "$drained" ] || scontrol update nodename="$drained" state=resume 2>/dev/null || true',
    "}",
  ].join("\n");
  return {
    name: "ready",
    host: controller.name,
    needs,
    create: script(
      `# configuration ${digest}`,
      notReady,
      resume,
      awaitReadiness({
        missing: "not_ready",
        seconds: readySeconds,
        pauseSeconds: 0.2,
        complaint: [
          `echo "after ${readySeconds} s these nodes take no jobs (the reason is in ${slurmdLog} on each):"`,
          "sinfo -R",
          `echo "the end of ${slurmctldLog}:"`,
          `tail -n 20 ${slurmctldLog}`,
        ],
        remedy: "resume",
      }),
    ),
    check: script(notReady, readinessCheck("not_ready")),
  };
}
