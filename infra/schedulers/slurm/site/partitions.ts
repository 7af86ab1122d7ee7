import { compressNames, expandNames } from "../../../../spec/hostlist";
import {
  printPairs,
  printRecord,
  type SiteRecord,
} from "../../../../spec/schedulers/slurm/site/conf";
import { replacedPartitionFields } from "../../../../spec/schedulers/slurm/site/fields";
import type { SiteNodes } from "../../../../spec/schedulers/slurm/site/nodes";
import {
  configFile,
  keepsAccounts,
  type SlurmSite,
} from "../../../../spec/schedulers/slurm/site/site";
import type { Change } from "../../changes";

export interface SiteLines {
  readonly lines: readonly string[];
  readonly changes: readonly Change[];
}

const writtenOut = "sets of nodes are written out";
const oneDefault = "jobs that name no partition need one";

/** The site's partitions with the nodes that this cluster has of them, in our names. */
export function sitePartitions(
  site: SlurmSite,
  { members, partitions }: SiteNodes,
  present: ReadonlySet<string>,
): SiteLines {
  const { conf } = site;
  const [first] = partitions;
  const hasDefault = conf.partitions.some(({ fields }) =>
    /^yes$/i.test(fields.get("default")?.value ?? ""),
  );
  const changes: Change[] = conf.nodeSets.map((record) => ({
    file: configFile,
    reason: writtenOut,
    theirs: [printRecord(record)],
    ours: [],
  }));
  const lines = conf.partitions.flatMap((record) =>
    expandNames(record.name).map((name) => {
      const nodes = (members.get(name) ?? []).filter((node) => present.has(node));
      const madeDefault = !hasDefault && name === first;
      const pairs = fieldsOf(record, site, nodes, madeDefault);
      const line = printPairs([["PartitionName", name], ...pairs]);
      changes.push(...partitionChanges(record, site, name, line, madeDefault));
      return line;
    }),
  );
  return { lines, changes };
}

/** Limits by account and QOS are slurmdbd's. */
const accountFields = new Set(["allowaccounts", "denyaccounts", "allowqos", "denyqos", "qos"]);

function isLeftOut(lower: string, site: SlurmSite): boolean {
  return replacedPartitionFields.has(lower) || (accountFields.has(lower) && !keepsAccounts(site));
}

function fieldsOf(
  { fields }: SiteRecord,
  site: SlurmSite,
  nodes: readonly string[],
  madeDefault: boolean,
): (readonly [string, string])[] {
  const kept = [...fields].flatMap(([lower, { key, value }]) => {
    if (isLeftOut(lower, site)) return [];
    if (lower === "nodes") return nodes.length === 0 ? [] : [[key, compressNames(nodes)] as const];
    if (lower === "default" && madeDefault) return [];
    return [[key, value] as const];
  });
  return madeDefault ? [...kept, ["Default", "YES"] as const] : kept;
}

function partitionChanges(
  record: SiteRecord,
  site: SlurmSite,
  name: string,
  line: string,
  madeDefault: boolean,
): Change[] {
  const reasons = [...record.fields.keys()].flatMap((lower) => {
    if (!isLeftOut(lower, site)) return [];
    return replacedPartitionFields.get(lower) ?? "there are no accounts";
  });
  const nodes = record.fields.get("nodes")?.value ?? "";
  const before = printPairs([
    ["PartitionName", name],
    ...[...record.fields.values()].map(({ key, value }) => [key, value] as const),
  ]);
  if (before === line) return [];
  const reason = [
    ...new Set([
      ...reasons,
      ...(madeDefault ? [oneDefault] : []),
      ...(line.includes(` Nodes=${nodes} `) || line.endsWith(` Nodes=${nodes}`)
        ? []
        : [writtenOut]),
    ]),
  ].join("; ");
  return [{ file: configFile, reason, theirs: [before], ours: [line] }];
}
