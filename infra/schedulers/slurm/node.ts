import { elasticPools } from "../../../spec/elastic";
import type { ExperimentSpec } from "../../../spec/spec";
import { mostAccelerators } from "../../../spec/topology";
import type { ClusterPlan, NodePlan } from "../../plan";
import { filesCheck, type InstalledFile, putFile, runWith, script, stepScript } from "../shell";
import type { BootstrapStep } from "../step";
import { usersCheck } from "../users";
import { baseScript, mungeKeyPath } from "./base";
import { isNative } from "./elastic";
import { acceleratorPath, slurmctldPort, slurmdLog } from "./paths";

/**
 * slurmd has no configuration of its own: it fetches the controller's. A change of the policy
 * therefore does not touch this node, and a change of other nodes changes only its /etc/hosts.
 */
export function slurmdStep(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  node: NodePlan,
  controller: NodePlan,
  /** Lines whose change has the step run again. */
  again: readonly string[],
): BootstrapStep {
  const options = slurmdOptions(controller, isNative(elasticPools(spec.topology), node.pool));
  return {
    name: `slurmd-${node.name}`,
    host: node.name,
    needs: ["slurmctld"],
    secret: "munge",
    create: stepScript(
      ...again,
      baseScript(spec, plan),
      "install -d -m 0755 /var/lib/schedlab",
      `touch ${acceleratorPath}{0..${mostAccelerators - 1}}`,
      putFile(options),
      runWith("slurmd", slurmdLog, [options.path, mungeKeyPath]),
    ),
    delete: script("systemctl disable -q --now slurmd munge"),
    check: script(
      "systemctl is-active -q munge",
      "systemctl is-active -q slurmd",
      filesCheck([options]),
      usersCheck(spec),
    ),
  };
}

/** `booted`: each start tells of a boot, without which Slurm does not take back a node that it suspended. */
function slurmdOptions(controller: NodePlan, booted: boolean): InstalledFile {
  return {
    path: "/etc/default/slurmd",
    mode: "0644",
    owner: "root:root",
    content: `SLURMD_OPTIONS="--conf-server ${controller.address}:${slurmctldPort}${booted ? " -b" : ""}"\n`,
  };
}
