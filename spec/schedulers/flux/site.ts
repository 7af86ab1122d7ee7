import type { z } from "zod";
import { messageOf } from "../../../base/thrown";
import { isObject, strict } from "../../fields";
import type { Problem } from "../../problems";
import {
  type SiteFacts,
  type SiteFiles,
  siteFileContents,
  siteFilePath,
  type TakenSite,
  withoutValues,
} from "../site-files";
import type { SiteProblem } from "../site-problem";

/** The site's configuration of Flux, in the place of `scheduler.policy.sched`. */
export const fluxSiteSchema = strict({
  directory: siteFilePath(),
  /** flux.toml: its tables, of which those that decide who runs when are kept. */
  configFile: siteFilePath(),
  files: siteFileContents(),
});

export type FluxSiteSpec = z.infer<typeof fluxSiteSchema>;
type Table = Readonly<Record<string, unknown>>;

const file = "flux.toml";

/** Tables of the site's that are kept. */
const keptTables = ["policy", "queues", "sched-fluxion-qmanager", "sched-fluxion-resource"];
/** Tables that this cluster has its own of, or needs none of, each with the reason. */
const replacedTables: Readonly<Record<string, string>> = {
  access: "users are this cluster's",
  archive: "schedlab reads the records of jobs in its own way",
  bootstrap: "names, addresses and ports are this cluster's",
  cron: "nothing is run by the clock",
  exec: "jobs on emulated nodes have no shell",
  heartbeat: "the clock is this cluster's",
  ingest: "what can never run is refused when it is submitted, under every scheduler",
  "job-list": "schedlab reads the records of jobs in its own way",
  kvs: "files lie elsewhere here",
  modules: "the modules are those of the image",
  resource: "the nodes are this cluster's",
  sysmon: "nothing runs on emulated nodes",
  systemd: "nothing runs on emulated nodes",
  tbon: "names, addresses and ports are this cluster's",
};
/** Of the table job-manager: what is run around jobs, and what is forgotten of them. */
const replacedOfManager: Readonly<Record<string, string>> = {
  epilog: "nothing is run around jobs on emulated nodes",
  housekeeping: "nothing is run around jobs on emulated nodes",
  "inactive-age-limit": "schedlab reads the records of jobs in its own way",
  "inactive-num-limit": "schedlab reads the records of jobs in its own way",
  perilog: "nothing is run around jobs on emulated nodes",
  prolog: "nothing is run around jobs on emulated nodes",
};

export const fluxSiteFacts: SiteFacts = { files: { configFile: file }, main: file, take };

/** The reader of files hands TOML over as JSON. */
function take(files: SiteFiles): TakenSite {
  const text = files[file];
  if (text === undefined) {
    return { files: {}, problems: [at("", "expected the file among the site's")], policy: {} };
  }
  const tables = parsed(text);
  if (typeof tables === "string") return { files: {}, problems: [at("", tables)], policy: {} };
  const problems = Object.keys(tables).flatMap((name): SiteProblem[] => {
    if (name === "job-manager") return managerProblems(tables[name]);
    if (name === "accounting") {
      const message =
        "flux-accounting is not in the image, so shares and limits of banks have no effect; leave it out";
      return [at(name, message)];
    }
    if (keptTables.includes(name) || Object.hasOwn(replacedTables, name)) return [];
    const known = [...keptTables, "job-manager", ...Object.keys(replacedTables)].join(", ");
    return [at(name, `no table that this version knows (known: ${known})`)];
  });
  return {
    files: { [file]: JSON.stringify(taken(tables)) },
    problems,
    policy: { sched: schedOf(tables) },
  };
}

/** The tables as the specification keeps them: values of what is left out may be credentials. */
function taken(tables: Table): Table {
  const { "job-manager": manager } = tables;
  return {
    ...withoutValues(tables, (name) => !Object.hasOwn(replacedTables, name)),
    ...(isObject(manager)
      ? {
          "job-manager": withoutValues(manager, (key) =>
            Object.hasOwn(keptOfManager(manager), key),
          ),
        }
      : {}),
  };
}

function at(key: string, message: string): SiteProblem {
  return { file, line: 0, key, message };
}

/** The tables, or what is wrong. */
function parsed(text: string): Table | string {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : "expected tables";
  } catch (error) {
    return messageOf(error);
  }
}

function managerProblems(manager: unknown): SiteProblem[] {
  if (!isObject(manager)) return [at("job-manager", "expected a table")];
  const { plugins } = manager;
  if (plugins === undefined) return [];
  if (!Array.isArray(plugins)) return [at("job-manager.plugins", "expected a list of tables")];
  return plugins.flatMap((plugin: unknown) => {
    const load = isObject(plugin) && typeof plugin.load === "string" ? plugin.load : null;
    // It runs programs around jobs, which is left out as a whole.
    if (load === null || load === "perilog.so") return [];
    return [at("job-manager.plugins", `${load} is not in the image; leave it out`)];
  });
}

/** What is left out of a file's tables, each with the reason. */
function leftOutOf(tables: Table): { readonly table: string; readonly reason: string }[] {
  const manager = tables["job-manager"];
  return [
    ...Object.keys(tables).flatMap((name) => {
      const reason = Object.hasOwn(replacedTables, name) ? replacedTables[name] : undefined;
      return reason === undefined ? [] : [{ table: name, reason }];
    }),
    ...(isObject(manager) ? Object.keys(manager) : []).flatMap((key) => {
      const reason = Object.hasOwn(replacedOfManager, key) ? replacedOfManager[key] : undefined;
      return reason === undefined ? [] : [{ table: `job-manager.${key}`, reason }];
    }),
  ];
}

const queuePolicies = ["fcfs", "easy", "conservative", "hybrid"];

function schedOf(tables: Table): Record<string, unknown> {
  const manager = tables["sched-fluxion-qmanager"];
  const resource = tables["sched-fluxion-resource"];
  const said = isObject(manager) ? manager["queue-policy"] : undefined;
  // Fluxion's own default.
  const queuePolicy = queuePolicies.find((policy) => policy === said) ?? "fcfs";
  const match = isObject(resource) ? resource["match-policy"] : undefined;
  return {
    type: "fluxion",
    queuePolicy,
    ...(typeof match === "string" ? { matchPolicy: match } : {}),
  };
}

/** What of the site's tables counts, and what does not; null where the specification has no site. */
export function fluxTables(site: FluxSiteSpec | undefined): {
  readonly kept: Table;
  readonly leftOut: ReturnType<typeof leftOutOf>;
} | null {
  const text = site?.files?.[file];
  const tables = text === undefined ? "" : parsed(text);
  if (typeof tables === "string") return null;
  const kept = Object.fromEntries(
    Object.entries(tables).filter(([name]) => keptTables.includes(name)),
  );
  const manager = keptOfManager(tables["job-manager"]);
  return {
    kept: Object.keys(manager).length === 0 ? kept : { ...kept, "job-manager": manager },
    leftOut: leftOutOf(tables),
  };
}

function keptOfManager(manager: unknown): Table {
  if (!isObject(manager)) return {};
  return Object.fromEntries(
    Object.entries(manager).filter(
      ([key]) => key !== "plugins" && !Object.hasOwn(replacedOfManager, key),
    ),
  );
}

/** Queues of the site that no partition of the cluster stands for. */
export function queueProblems(
  site: FluxSiteSpec | undefined,
  partitions: readonly string[],
): Problem[] {
  const queues = fluxTables(site)?.kept.queues;
  if (!isObject(queues)) return [];
  return Object.keys(queues)
    .filter((name) => !partitions.includes(name))
    .map((name) => ({
      path: "scheduler.site",
      message: `${file}: queues.${name}: expected a partition of this name, whose nodes it has (known: ${partitions.join(", ")}); make one by topology.pools or topology.nodes.emulated.partitions`,
    }));
}
