import { shellFile, shellWords } from "../../base/shell-script";
import type { ExperimentSpec } from "../../spec/spec";
import { userNames } from "../../spec/users";

/** user01 is 20001 on every node: ids travel with jobs, names do not. */
export const firstUserId = 20_001;

/** Makes the workload's users, as users.sh has it. */
export function makeUsers(spec: ExperimentSpec): string {
  const users = userNames(spec.workload.users.count);
  return [
    shellFile(__dirname, "users.sh").trimEnd(),
    `make_users ${shellWords([firstUserId, ...users])}`,
  ].join("\n");
}

/** Exits 0 when the last user is there, which is made after all the others. */
export function usersCheck(spec: ExperimentSpec): string {
  const last = userNames(spec.workload.users.count).at(-1) ?? "user01";
  return `[ -d /home/${last} ] && id -u ${last} >/dev/null`;
}
