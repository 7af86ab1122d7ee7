import { printingFunction, shellFile } from "../../../base/shell-script";
import type { ExperimentSpec } from "../../../spec/spec";
import type { ClusterPlan } from "../../plan";
import { hostsFile } from "../hosts";
import { putFile, runWith } from "../shell";
import { makeUsers } from "../users";

export const mungeKeyPath = "/etc/munge/munge.key";

/** What every node of the cluster has: users, names, munge, and the certificate of the brokers. */
export function baseScript(spec: ExperimentSpec, plan: ClusterPlan): string {
  return [
    printingFunction("certificate_program", shellFile(__dirname, "certificate.py")),
    shellFile(__dirname, "keys.sh").trimEnd(),
    "put_keys",
    putFile(hostsFile(plan)),
    makeUsers(spec),
    runWith("munge", "/var/log/munge/munged.log", [mungeKeyPath]),
  ].join("\n");
}
