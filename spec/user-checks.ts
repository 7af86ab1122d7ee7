import type { Problem } from "./problems";
import type { ExperimentSpec } from "./spec";
import { userNames } from "./users";

/** One problem for each name that the workload has no user of. */
export function unknownUsers(
  spec: ExperimentSpec,
  users: readonly string[],
  path: string,
): Problem[] {
  return usersBeyond(spec.workload.users.count, users, path);
}

/** The same for a workload of `count` users. */
export function usersBeyond(count: number, users: readonly string[], path: string): Problem[] {
  const known = userNames(count);
  return users
    .filter((user) => !known.includes(user))
    .map((user) => ({
      path: `${path}.${user}`,
      message: `no such user, workload.users.count is ${known.length}`,
    }));
}
