import { shellFile, shellWords } from "../../../../base/shell-script";
import {
  rootOptions,
  type WantedAssociation,
  wantedAssociations,
} from "../../../../spec/schedulers/slurm/site/accounts";
import type { SlurmSite } from "../../../../spec/schedulers/slurm/site/site";
import type { SiteUser } from "../../../../spec/schedulers/slurm/site/users";
import { siteUsers } from "../../../../spec/schedulers/slurm/site/users";
import type { ExperimentSpec } from "../../../../spec/spec";
import type { Change } from "../../changes";
import { digestOf } from "../../digest";
import { clusterName, stateDir } from "../paths";

/** The site's accounts, QOS and users in slurmdbd's database. */
export interface SiteAccounts {
  /** Of all of them: another has another database. */
  readonly digest: string;
  readonly functions: string;
  /** Before the database is made. */
  readonly before: string;
  /** Once slurmdbd answers. */
  readonly after: string;
  /** Fails unless the database was made for these accounts. */
  readonly check: string;
}

/** For which accounts the database was made. */
const digestPath = "/var/lib/slurm/site-accounts";
const functions = shellFile(__dirname, "accounts.sh").trimEnd();

/** Null where the site has no accounts. */
export function siteAccounts(site: SlurmSite, spec: ExperimentSpec): SiteAccounts | null {
  const { dump, qos } = site;
  if (dump === null) return null;
  const root = rootOptions(dump);
  const commands = [
    settle("add", "cluster", clusterName),
    ...qos.map(({ name }) => settle("add", "qos", name)),
    ...qos.flatMap(({ name, options }) =>
      options.size === 0
        ? []
        : [settle("modify", "qos", "where", `name=${name}`, "set", ...pairs(options))],
    ),
    ...(root.size === 0
      ? []
      : [settle("modify", "cluster", "where", `name=${clusterName}`, "set", ...pairs(root))]),
    ...wantedAssociations(dump, spec.workload.users.count, namedUsers(spec)).flatMap(addition),
  ];
  const digest = digestOf(commands.join("\n"));
  return {
    digest,
    functions,
    before: `fresh_database ${digest} ${digestPath} ${stateDir}`,
    check: `grep -qx ${digest} ${digestPath}`,
    after: [...commands, `echo ${digest} >${digestPath}`].join("\n"),
  };
}

/** Undoes the accounts of a site that was there before. */
export const withoutSiteAccounts = {
  functions,
  before: `fresh_database '' ${digestPath} ${stateDir}`,
} as const;

function settle(...words: readonly string[]): string {
  return `settle ${shellWords(words)}`;
}

function pairs(options: ReadonlyMap<string, string>): string[] {
  return [...options].map(([key, value]) => `${key}=${value}`);
}

function addition({ account, user, parent, options }: WantedAssociation): string[] {
  const own = [...pairs(options), `cluster=${clusterName}`];
  if (user === null) return [settle("add", "account", account, `parent=${parent}`, ...own)];
  return [settle("add", "user", user, `account=${account}`, ...own)];
}

function namedUsers({ scheduler }: Pick<ExperimentSpec, "scheduler">): Record<string, string> {
  return scheduler.kind === "slurm" ? (scheduler.site?.users ?? {}) : {};
}

/** Who stands for whom, as lines of the site's dump and of ours. */
export function userChanges({ dump }: SlurmSite, spec: ExperimentSpec): Change[] {
  if (dump === null) return [];
  const standing = new Map<string, SiteUser[]>();
  const named = namedUsers(spec);
  for (const user of siteUsers(dump, spec.workload.users.count, named)) {
    const known = standing.get(user.theirs);
    if (known === undefined) standing.set(user.theirs, [user]);
    else known.push(user);
  }
  const file = "sacctmgr.dump";
  const strangers = Object.keys(named).filter((name) => !standing.has(name));
  return [
    ...[...standing].map(([theirs, all]) => ({
      file,
      reason: "users are this cluster's; each keeps its accounts",
      theirs: [`User - '${theirs}'`],
      ours: [...new Set(all.map(({ ours }) => `User - '${ours}'`))],
    })),
    ...strangers.map((name) => ({
      file,
      reason: `scheduler.site.users names ${name}, who is in no account of the dump`,
      theirs: [],
      ours: [],
    })),
  ];
}
