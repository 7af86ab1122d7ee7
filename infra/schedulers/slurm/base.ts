import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import { hostsFile } from "../hosts";
import { putFile, runWith } from "../shell";
import { makeUsers } from "../users";

export const mungeKeyPath = "/etc/munge/munge.key";

/** What every node of the cluster has: users, names, and the munge key, which comes on stdin. */
export function baseScript(spec: ExperimentSpec, plan: ClusterPlan): string {
  return [
    // munged refuses keys under 32 bytes, less plainly.
    `base64 -d | put ${mungeKeyPath} 0400 munge:munge`,
    `[ "$(stat -c %s ${mungeKeyPath})" -ge 32 ] || { echo "no munge key came on standard input" >&2; exit 1; }`,
    putFile(hostsFile(plan)),
    makeUsers(spec),
    "install -d -m 0755 -o slurm -g slurm /var/log/slurm /var/lib/slurm",
    runWith("munge", "/var/log/munge/munged.log", [mungeKeyPath]),
  ].join("\n");
}
