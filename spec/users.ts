import { z } from "zod";

/** Names of the users that the bootstrap makes on every node, user01 to user99. */
export const userName = /^user(0[1-9]|[1-9]\d)$/;

export const userList = z.array(
  z.string().regex(userName, { error: 'expected a user such as "user01"' }),
  { error: "expected a list of users" },
);

/** user01, user02 … */
export function userNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `user${String(index + 1).padStart(2, "0")}`);
}
