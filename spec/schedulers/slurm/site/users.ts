import { userNames } from "../../../users";
import type { AccountDump, Association } from "./dump";

/** A user of the site in an account, and who stands for it here. */
export interface SiteUser {
  readonly theirs: string;
  readonly ours: string;
  readonly association: Association;
}

/**
 * Who stands for the site's users among so many of ours: those that are named, then in turns, in the order in
 * which the dump has them. Where we have more users than the site, the site's are taken again in the same order,
 * so that all of ours are in an account.
 */
export function siteUsers(
  { associations }: AccountDump,
  count: number,
  named: Readonly<Record<string, string>> = {},
): SiteUser[] {
  const ours = userNames(count);
  const leaves = associations.filter(({ kind }) => kind === "user");
  const theirs = [...new Set(leaves.map(({ name }) => name))];
  const turns = theirs.filter((name) => named[name] === undefined);
  const standing = new Map<string, string[]>(
    Object.entries(named).map(([name, user]) => [name, [user]]),
  );
  for (let turn = 0; turn < Math.max(turns.length, ours.length) && turns.length > 0; turn += 1) {
    const name = turns[turn % turns.length] ?? "";
    const user = ours[turn % ours.length] ?? "";
    const known = standing.get(name) ?? [];
    // The second round is for users of ours that nobody has yet.
    if (turn >= turns.length && [...standing.values()].some((all) => all.includes(user))) continue;
    standing.set(name, [...known, user]);
  }
  return leaves.flatMap((association) =>
    (standing.get(association.name) ?? []).map((user) => ({
      theirs: association.name,
      ours: user,
      association,
    })),
  );
}
