import { emulatedOnLabel } from "../../../../spec/schedulers/kubernetes/emulated";
import type { ExperimentSpec } from "../../../../spec/spec";
import type { ClusterPlan, NodePlan } from "../../../plan";
import { awaitingStep } from "../../ready";
import { readiness } from "../../shell";
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
  const { text, count } = wantedNodes(spec, plan);
  const seconds = Math.ceil(readySeconds.base + readySeconds.perNode * count);
  return awaitingStep({
    host: controller.name,
    configuration,
    functions: [asAdmin, text, readiness(__dirname, "ready.sh", [seconds, emulatedOnLabel])],
    seconds,
    pauseSeconds,
  });
}
