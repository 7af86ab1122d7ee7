import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan, NodePlan } from "../../plan";
import { hostsFile } from "../hosts";
import { filesCheck, putFile, script, stepScript } from "../shell";
import type { BootstrapStep } from "../step";
import { makeUsers, usersCheck } from "../users";

/** A domain whose nodes are emulated by the controller's broker alone: nothing of Flux runs in it. */
export function emulationHostStep(
  spec: ExperimentSpec,
  plan: ClusterPlan,
  node: NodePlan,
): BootstrapStep {
  const hosts = hostsFile(plan);
  return {
    name: `host-${node.name}`,
    host: node.name,
    needs: [],
    create: stepScript(putFile(hosts), makeUsers(spec)),
    check: script(filesCheck([hosts]), usersCheck(spec)),
  };
}
