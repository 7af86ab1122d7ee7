/** Names of the users that the bootstrap makes on every node, user01 to user99. */
export const userName = /^user(0[1-9]|[1-9]\d)$/;

/** user01, user02 … */
export function userNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `user${String(index + 1).padStart(2, "0")}`);
}
