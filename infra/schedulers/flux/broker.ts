import { clockFactor } from "../../../spec/clock";
import type { FluxPolicy } from "../../../spec/schedulers/flux/policy";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan, NodePlan } from "../../plan";
import { filesCheck, putFile, runWith, script, stepScript } from "../shell";
import type { BootstrapStep } from "../step";
import { usersCheck } from "../users";
import { baseScript, mungeKeyPath } from "./base";
import { fluxClock } from "./clock";
import { brokerFiles, leaderFile } from "./configuration";
import { brokerLog, certificatePath } from "./paths";
import { brokerUnit } from "./unit";

/**
 * A node's broker with its files; that of the controller also has the scheduler. All start at once, in
 * any order.
 */
export function brokerStep(
  policy: FluxPolicy,
  spec: ExperimentSpec,
  plan: ClusterPlan,
  node: NodePlan,
  /** Lines whose change has the step run again. */
  again: readonly string[] = [],
): BootstrapStep {
  const files = [
    ...brokerFiles(policy, spec, plan),
    ...(node.role === "controller" ? [leaderFile(policy, spec, plan)] : []),
    brokerUnit(clockFactor(spec.run)),
  ];
  const startedWith = [...files.map(({ path }) => path), certificatePath, mungeKeyPath];
  return {
    name: `broker-${node.name}`,
    host: node.name,
    needs: [],
    secret: "flux",
    create: stepScript(
      ...again,
      baseScript(spec, plan),
      ...files.map(putFile),
      ...(node.role === "controller" ? fluxClock(spec) : []),
      "install -d -m 0755 -o flux -g flux /var/log/flux",
      "systemctl daemon-reload",
      runWith("flux", brokerLog, startedWith),
    ),
    delete: script("systemctl disable -q --now flux munge"),
    check: script(
      "systemctl is-active -q munge",
      "systemctl is-active -q flux",
      filesCheck(files),
      usersCheck(spec),
    ),
  };
}
