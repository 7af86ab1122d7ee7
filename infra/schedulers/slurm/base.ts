import { shellFile } from "../../../base/shell-script";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import { hostsFile } from "../hosts";
import { putFile, runWith } from "../shell";
import { makeUsers } from "../users";

export const mungeKeyPath = "/etc/munge/munge.key";

/** What every node of the cluster has: users, names, and the munge key, which comes on stdin. */
export function baseScript(spec: ExperimentSpec, plan: ClusterPlan): string {
  return [
    shellFile(__dirname, "base.sh").trimEnd(),
    "put_munge_key",
    putFile(hostsFile(plan)),
    makeUsers(spec),
    "install -d -m 0755 -o slurm -g slurm /var/log/slurm /var/lib/slurm",
    runWith("munge", "/var/log/munge/munged.log", [mungeKeyPath]),
  ].join("\n");
}
