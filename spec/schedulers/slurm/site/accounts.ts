import type { SiteProblem } from "../../site-problem";
import { type AccountDump, type Association, rootAccount } from "./dump";
import { siteUsers } from "./users";

/** An association as sacctmgr is told of it. */
export interface WantedAssociation {
  readonly account: string;
  /** Null for the account itself. */
  readonly user: string | null;
  readonly parent: string;
  readonly options: ReadonlyMap<string, string>;
}

/** What shares and limits are said by; other options are about people and rights. In lower case. */
const kept = new Set(
  [
    ...["Fairshare", "QOS", "DefaultQOS", "Priority", "GrpJobs", "GrpJobsAccrue", "GrpSubmitJobs"],
    ...["GrpTRES", "GrpTRESMins", "GrpTRESRunMins", "GrpWall", "MaxJobs", "MaxJobsAccrue"],
    ...["MaxSubmitJobs", "MaxTRESPerJob", "MaxTRESPerNode", "MaxTRESMinsPerJob", "MaxTRESRunMins"],
    ...[
      "MaxWallDurationPerJob",
      "MaxWall",
      "MaxTRES",
      "MaxTRESMins",
      "MinPrioThreshold",
      "GrpSubmit",
    ],
    ...["MaxNodesPerJob", "MaxCPUsPerJob", "GrpCPUs", "GrpNodes", "GrpCPUMins", "GrpMemory"],
    // Of a user: whose association is for the jobs of a partition alone.
    "Partition",
    ...["MaxCPUMinsPerJob", "GrpCPURunMins", "MaxSubmit"],
  ].map((key) => key.toLowerCase()),
);
const leftOut = new Set([
  ...["description", "organization", "adminlevel", "coordinator", "defaultaccount"],
  ...["defaultwckey", "wckeys", "comment", "lineage", "classification", "flags", "id", "parentid"],
]);

/** Options that mean nothing to this version, and QOS that it has not been told of. */
export function accountProblems(dump: AccountDump, qos: readonly string[]): SiteProblem[] {
  // As in the database, whose names have no capitals.
  const known = new Set(["normal", ...qos.map((name) => name.toLowerCase())]);
  const problemsOf = (options: ReadonlyMap<string, string>, line: number) =>
    [...options].flatMap(([key, value]): SiteProblem[] => {
      const lower = key.toLowerCase();
      const problem = (message: string) => ({ file: "sacctmgr.dump", line, key, message });
      if (!kept.has(lower) && !leftOut.has(lower)) {
        return [problem("no option of an association that this version knows; leave it out")];
      }
      if (lower !== "qos" && lower !== "defaultqos") return [];
      return value
        .split(",")
        .map((name) => name.replace(/^[+-]/, ""))
        .filter((name) => name !== "" && !known.has(name.toLowerCase()))
        .map((name) => problem(`expected ${name} in qos.txt, the output of sacctmgr -P show qos`));
    });
  return [
    ...problemsOf(dump.rootOptions, 0),
    ...dump.associations.flatMap(({ options, line }) => problemsOf(options, line)),
  ];
}

function keptOf(options: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...options].filter(([key, value]) => kept.has(key.toLowerCase()) && value !== ""),
  );
}

/**
 * The site's tree with our users in it, accounts before those below them and a user's default account before
 * the others. Where several of the site's users are one of ours in an account, their shares add up, and the
 * limits are the first one's.
 */
export function wantedAssociations(
  dump: AccountDump,
  count: number,
  named: Readonly<Record<string, string>> = {},
): WantedAssociation[] {
  const accounts = dump.associations
    .filter(({ kind }) => kind === "account")
    .map(({ name, parent, options }) => ({
      account: name,
      user: null,
      parent: parent === "" ? rootAccount : parent,
      options: keptOf(options),
    }));
  const users = new Map<string, WantedAssociation & { readonly options: Map<string, string> }>();
  const standing = siteUsers(dump, count, named);
  const ordered = [
    ...standing.filter(({ association }) => isDefault(association)),
    ...standing.filter(({ association }) => !isDefault(association)),
  ];
  for (const { ours, association } of ordered) {
    const { parent, options } = association;
    const partition = optionOf(options, "partition") ?? "";
    const key = `${ours} ${parent.toLowerCase()} ${partition}`;
    const earlier = users.get(key);
    if (earlier === undefined) {
      users.set(key, { account: parent, user: ours, parent, options: keptOf(options) });
    } else addShare(earlier.options, options);
  }
  return [...accounts, ...users.values()];
}

function optionOf(options: ReadonlyMap<string, string>, lower: string): string | undefined {
  return [...options].find(([key]) => key.toLowerCase() === lower)?.[1];
}

function isDefault({ parent, options }: Association): boolean {
  const said = optionOf(options, "defaultaccount");
  return said === undefined || said.toLowerCase() === parent.toLowerCase();
}

/** SLURMDB_FS_USE_PARENT in slurmdb.h. */
const parentShare = 0x7f_ff_ff_ff;

function addShare(sum: Map<string, string>, options: ReadonlyMap<string, string>): void {
  const entry = (of: ReadonlyMap<string, string>) =>
    [...of].find(([key]) => key.toLowerCase() === "fairshare");
  const [key = "Fairshare", before = "1"] = entry(sum) ?? [];
  const after = entry(options)?.[1] ?? "1";
  // `parent` is no share of its own, and adds nothing to one; a dump may have the number that stands for it.
  const counts = (share: string) => /^\d+$/.test(share) && Number(share) < parentShare;
  if (counts(before) && counts(after)) sum.set(key, String(Number(before) + Number(after)));
}

/** The options of the cluster's root, which everybody has who has none. */
export function rootOptions({ rootOptions: options }: AccountDump): ReadonlyMap<string, string> {
  return keptOf(options);
}
