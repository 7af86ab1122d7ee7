import {
  leftOutValue,
  type SiteFacts,
  type SiteFiles,
  type TakenSite,
  type TakeOptions,
} from "../../site-files";
import { printConf, printRecord, readConf, type SiteRecord, type SlurmConf } from "./conf";
import { type AccountDump, printDump } from "./dump";
import { isLeftOut } from "./keys";
import { expandedOr } from "./members";
import { listOfNodes, siteNodes } from "./nodes";
import { policyOf } from "./policy";
import { printQos } from "./qos";
import { refusals } from "./refusals";
import { configFile, jobSubmitFile, readSite } from "./site";
import { siteUsers } from "./users";

/** slurm.conf with its companions. */
export const slurmSiteFacts: SiteFacts = {
  files: {
    configFile,
    gresFile: "gres.conf",
    topologyFile: "topology.conf",
    cgroupFile: "cgroup.conf",
    acctGatherFile: "acct_gather.conf",
    jobSubmitFile,
    accountingDump: "sacctmgr.dump",
    qosFile: "qos.txt",
  },
  main: configFile,
  take,
  withoutNodes,
};

function take(files: SiteFiles, { set, users, including }: TakeOptions): TakenSite {
  const site = readSite(files, set, including);
  const nodes = siteNodes(site);
  // As in the file: what is set over it stays apart.
  const written = readSite(files, {}, including);
  const { dump, qos, jobSubmit } = site;
  const further: Record<string, string | null> = {
    "gres.conf": site.gres.length > 0 ? gresText(site.gres) : null,
    "topology.conf": site.topology.length > 0 ? topologyText(site.topology) : null,
    "sacctmgr.dump": dump === null ? null : printDump(dump),
    "qos.txt": qos.length > 0 ? printQos(qos) : null,
    [jobSubmitFile]: jobSubmit,
    ...Object.fromEntries(site.unused.map((name) => [name, ""])),
  };
  const taken = Object.entries(further).flatMap(([name, text]) =>
    text === null ? [] : [[name, text] as const],
  );
  return {
    files: { [configFile]: printConf(withoutSecrets(written.conf)), ...Object.fromEntries(taken) },
    set: Object.fromEntries(
      Object.entries(set).map(([key, value]) => [
        key,
        value !== "" && isLeftOut(key) ? leftOutValue : value,
      ]),
    ),
    problems: [...site.problems, ...nodes.problems, ...refusals(site)],
    misread: [...site.problems, ...nodes.problems],
    policy: policyOf(site),
    ...(dump === null ? {} : { users: (count) => standing(dump, count, users) }),
    ...(nodes.nodes.length > 0 ? { nodes: listOfNodes(nodes) } : {}),
  };
}

/** Where several of ours stand for a user, the log's jobs are the first one's. */
function standing(
  dump: AccountDump,
  count: number,
  named: Readonly<Record<string, string>>,
): Record<string, string> {
  const all = siteUsers(dump, count, named).map(({ theirs, ours }) => [theirs, ours] as const);
  // A log may have users that the dump does not.
  return { ...Object.fromEntries(all.reverse()), ...named };
}

/** No value of a setting that is none of ours is in any specification: it may be a credential. */
function withoutSecrets(conf: SlurmConf): SlurmConf {
  const settings = [...conf.settings].map(
    ([key, setting]) =>
      [key, isLeftOut(key) ? { ...setting, value: leftOutValue } : setting] as const,
  );
  return { ...conf, settings: new Map(settings) };
}

/** What is left is in one order and spelling, since neither counts for Slurm. */
function withoutNodes(files: SiteFiles, others: SiteFiles): SiteFiles {
  const [conf, other] = [confOf(files), confOf(others)];
  const settings = new Map(
    [...conf.settings]
      .map(([key, setting]) => [key, { ...setting, key }] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const left: SlurmConf = {
    ...{ settings, nodeSets: [], downNodes: [], others: conf.others },
    // Which nodes are taken first is a choice of the scheduler's; the weight is 1 where none is said.
    nodes: inBoth(conf.nodes, other.nodes, (key, value) => key === "weight" && value !== "1"),
    partitions: inBoth(conf.partitions, other.partitions, (key) => !ofCluster.has(key)),
  };
  const { "gres.conf": _gres, "topology.conf": _topology, ...rest } = files;
  return { ...rest, [configFile]: printConf(left) };
}

function confOf(files: SiteFiles): SlurmConf {
  return readConf(configFile, files[configFile] ?? "").conf;
}

/** What a partition's line says of the cluster: the nodes that are in it, and whether it is the first one. */
const ofCluster = new Set(["nodes", "default"]);

/** A record for each name that the others have as well, with the fields that are kept. */
function inBoth(
  own: readonly SiteRecord[],
  others: readonly SiteRecord[],
  kept: (key: string, value: string) => boolean,
): SiteRecord[] {
  const namesOf = ({ name }: SiteRecord) => expandedOr(name, [name]);
  const known = new Set(others.flatMap(namesOf));
  return own
    .flatMap((record) => {
      const fields = [...record.fields]
        .filter(([key, { value }]) => kept(key, value))
        .map(([key, field]) => [key, { ...field, key }] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const line = {
        ...record,
        beginning: record.beginning.toLowerCase(),
        fields: new Map(fields),
      };
      return namesOf(record).flatMap((name) => (known.has(name) ? [{ ...line, name }] : []));
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function gresText(records: readonly SiteRecord[]): string {
  return records
    .map((record) => {
      const line = printRecord(record);
      return `${record.name === "" ? line.replace(/^NodeName=""\s*/, "") : line}\n`;
    })
    .join("");
}

function topologyText(records: readonly SiteRecord[]): string {
  return records.map((record) => `${printRecord(record)}\n`).join("");
}
