import { createHash } from "node:crypto";
import { emulatedOnLabel } from "../../../../spec/schedulers/kubernetes/emulated";
import type { ExperimentSpec } from "../../../../spec/spec";
import type { ClusterPlan, NodePlan } from "../../../plan";
import { readiness, script } from "../../shell";
import type { BootstrapStep } from "../../step";
import { asAdmin } from "../control-plane";
import { wantedNodes } from "./nodes";

/** A busy host makes some ten nodes ready in a second, an idle one a hundred. */
const readySeconds = { base: 120, perNode: 0.1 } as const;
const pauseSeconds = 1;

/** Ends when the API server shows every emulated node ready. */
export function emulatedReadyStep(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  controller: NodePlan,
  configuration: string,
): Omit<BootstrapStep, "needs"> {
  const digest = createHash("sha256").update(configuration).digest("hex").slice(0, 12);
  const { text, count } = wantedNodes(spec, plan);
  const seconds = Math.ceil(readySeconds.base + readySeconds.perNode * count);
  const functions = [text, readiness(__dirname, "ready.sh", [seconds, emulatedOnLabel])].join("\n");
  return {
    name: "ready",
    host: controller.name,
    create: script(
      `# configuration ${digest}`,
      asAdmin,
      functions,
      `await_readiness ${seconds} ${pauseSeconds}`,
    ),
    check: script(asAdmin, functions, "check_readiness"),
  };
}
