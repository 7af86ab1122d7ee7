import type { SiteProblem } from "../../site-problem";
import { readConf, type Setting, type SiteRecord, type SlurmConf } from "./conf";
import { type AccountDump, readDump } from "./dump";
import type { Including } from "./lines";
import { type Qos, readQos } from "./qos";
import { readTable } from "./tables";

/** A site's files by the names that Slurm has for them; those of sacctmgr by what they hold. */
export type SiteFiles = Readonly<Record<string, string>>;

/** All that is known of a site. */
export interface SlurmSite {
  readonly conf: SlurmConf;
  readonly gres: readonly SiteRecord[];
  readonly topology: readonly SiteRecord[];
  /** Null where the site has no accounting, or did not give it. */
  readonly dump: AccountDump | null;
  readonly qos: readonly Qos[];
  /** job_submit.lua. */
  readonly jobSubmit: string | null;
  /** Files that nothing is taken of. */
  readonly unused: readonly string[];
  readonly problems: readonly SiteProblem[];
}

export const configFile = "slurm.conf";
export const jobSubmitFile = "job_submit.lua";
/** Both are for what emulated nodes do not have. */
const unusedFiles = ["cgroup.conf", "acct_gather.conf"];

/** Settings that stand over those of the file; an empty one takes the file's away. */
export type SiteSet = Readonly<Record<string, string>>;

/** Never throws. */
export function readSite(files: SiteFiles, set: SiteSet = {}, including?: Including): SlurmSite {
  const read = readConf(configFile, files[configFile] ?? "", including);
  const gres = readTable("gres.conf", files["gres.conf"] ?? "", including);
  const topology = readTable("topology.conf", files["topology.conf"] ?? "", including);
  const dump = files["sacctmgr.dump"];
  const accounts = dump === undefined ? null : readDump(dump);
  const qos = readQos(files["qos.txt"] ?? "name\n");
  const missing: SiteProblem[] =
    files[configFile] === undefined
      ? [{ file: configFile, line: 0, key: "", message: "expected the file among the site's" }]
      : [];
  return {
    conf: { ...read.conf, settings: overlaid(read.conf.settings, set) },
    gres: gres.records,
    topology: topology.records,
    dump: accounts?.dump ?? null,
    qos: qos.qos,
    jobSubmit: files[jobSubmitFile] ?? null,
    unused: unusedFiles.filter((name) => files[name] !== undefined),
    problems: [
      ...missing,
      ...read.problems,
      ...gres.problems,
      ...topology.problems,
      ...(accounts?.problems ?? []),
      ...qos.problems,
    ],
  };
}

function overlaid(settings: SlurmConf["settings"], set: SiteSet): SlurmConf["settings"] {
  const all = new Map<string, Setting>(settings);
  for (const [key, value] of Object.entries(set)) {
    const lower = key.toLowerCase();
    if (value === "") all.delete(lower);
    else {
      const known = settings.get(lower)?.key ?? key;
      all.set(lower, { key: known, value, file: "scheduler.site.set", line: 0 });
    }
  }
  return all;
}

/** Whether slurmdbd is needed: there is something to put into it. */
export function keepsAccounts({ dump }: Pick<SlurmSite, "dump">): boolean {
  return dump !== null;
}
