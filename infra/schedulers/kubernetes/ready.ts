import { createHash } from "node:crypto";
import { gpuResource } from "../../../spec/schedulers/kubernetes/policy";
import type { ClusterPlan, NodePlan } from "../../plan";
import { awaitReadiness, readinessCheck, script } from "../shell";
import type { BootstrapStep } from "../step";
import { asAdmin } from "./control-plane";

const readySeconds = 120;

/** Ends when the API server shows every node ready, with its cores and accelerators. */
export function readyStep(
  plan: ClusterPlan,
  controller: NodePlan,
  configuration: string,
  needs: readonly string[],
): BootstrapStep {
  const digest = createHash("sha256").update(configuration).digest("hex").slice(0, 12);
  const expected = plan.nodes
    .filter(({ role }) => role === "compute")
    .map(({ name, vcpus, gpus }) => `${name} True ${vcpus} ${gpus === 0 ? "" : gpus}`.trimEnd())
    .sort();
  const resource = gpuResource.replaceAll(".", "\\.");
  const columns = `{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status} {.status.allocatable.cpu} {.status.allocatable.${resource}}{"\\n"}{end}`;
  const missing = [
    "expected() {",
    "cat <<'SCHEDLAB_END_OF_FILE'",
    ...expected,
    "SCHEDLAB_END_OF_FILE",
    "}",
    `found() { kubectl get nodes -o jsonpath='${columns}' | sed 's/ *$//' | sort; }`,
    "missing() { comm -23 <(expected) <(found); }",
  ].join("\n");
  return {
    name: "ready",
    host: controller.name,
    needs,
    create: script(
      `# configuration ${digest}`,
      asAdmin,
      missing,
      awaitReadiness({
        missing: "missing",
        seconds: readySeconds,
        pauseSeconds: 0.3,
        complaint: [
          `echo "after ${readySeconds} s these nodes are not as they should be (name, ready, cores, accelerators):"`,
          'echo "the API server has:"',
          "found",
        ],
      }),
    ),
    check: script(asAdmin, missing, readinessCheck("missing")),
  };
}
