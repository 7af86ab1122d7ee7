import type { Problem } from "./problems";
import type { ExperimentSpec } from "./spec";
import { userNames } from "./users";

/** One problem for each name that the workload has no user of. */
export function unknownUsers(
  spec: ExperimentSpec,
  users: readonly string[],
  path: string,
): Problem[] {
  const known = userNames(spec.workload.users.count);
  return users
    .filter((user) => !known.includes(user))
    .map((user) => ({
      path: `${path}.${user}`,
      message: `no such user, workload.users.count is ${known.length}`,
    }));
}
