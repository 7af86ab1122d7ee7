import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wantedAssociations } from "../../../../../spec/schedulers/slurm/site/accounts";
import { readDump } from "../../../../../spec/schedulers/slurm/site/dump";
import { siteUsers } from "../../../../../spec/schedulers/slurm/site/users";
import { userNames } from "../../../../../spec/users";

const { dump } = readDump(
  [
    "Cluster - 'c'",
    "Account - 'a':Fairshare=3:Description=x",
    "Account - 'b'",
    "Parent - 'a'",
    "User - 'ann':DefaultAccount='b':Fairshare=2:MaxJobs=5",
    "User - 'bob':Fairshare=4:MaxJobs=9",
    "User - 'cid':Fairshare=parent",
    "Parent - 'b'",
    "User - 'ann':DefaultAccount='b':Fairshare=7",
  ].join("\n"),
);
const pairs = (count: number, named = {}) =>
  siteUsers(dump, count, named).map(
    ({ theirs, ours, association }) => `${theirs}@${association.parent}=${ours}`,
  );

describe("associations for the jobs of one partition", () => {
  it("stay apart, and a share that is the account's adds nothing", () => {
    const { dump: limited } = readDump(
      [
        "Cluster - 'c'\nAccount - 'a'\nParent - 'a'",
        "User - 'ann':Partition='gpu':Fairshare=2147483647",
        "User - 'ann':Fairshare=3",
        "User - 'bob':Fairshare=4:Partition='gpu'",
      ].join("\n"),
    );
    const wanted = wantedAssociations(limited, 1).flatMap(({ user, options }) =>
      user === null ? [] : [[options.get("Partition") ?? "any", options.get("Fairshare")]],
    );
    expect(wanted).toEqual([
      ["gpu", "2147483647"],
      ["any", "3"],
    ]);
  });
});

describe("the site's users", () => {
  it("take turns among ours and keep their accounts", () => {
    expect(pairs(2)).toEqual(["ann@a=user01", "bob@a=user02", "cid@a=user01", "ann@b=user01"]);
  });

  it("are those that are named first", () => {
    expect(pairs(2, { bob: "user01" })).toEqual([
      "ann@a=user01",
      "bob@a=user01",
      "cid@a=user02",
      "ann@b=user01",
    ]);
  });

  it("are taken again where we have more, so that all of ours have an account", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), (count) => {
        const standing = siteUsers(dump, count);
        expect(new Set(standing.map(({ ours }) => ours))).toEqual(new Set(userNames(count)));
        expect(new Set(standing.map(({ theirs }) => theirs)).size).toBe(3);
      }),
    );
  });

  it("add up their shares where several are one, the default account first", () => {
    const wanted = wantedAssociations(dump, 1).map(
      ({ account, user, parent, options }) =>
        `${user ?? "-"} ${account} ${parent} ${[...options].map((pair) => pair.join("=")).join(" ")}`,
    );
    expect(wanted).toEqual([
      "- a root Fairshare=3",
      "- b root ",
      "user01 a a Fairshare=6 MaxJobs=9",
      "user01 b b Fairshare=7",
    ]);
  });
});
