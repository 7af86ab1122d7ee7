import { compressNames, expandNames, HostlistError } from "../../../../spec/hostlist";
import { printPairs, type SiteRecord } from "../../../../spec/schedulers/slurm/site/conf";
import type { SiteNodes } from "../../../../spec/schedulers/slurm/site/nodes";
import type { SlurmSite } from "../../../../spec/schedulers/slurm/site/site";

/** topology.conf with our names, and only what has nodes that are there; null where the site has none. */
export function siteTopology(
  { topology }: SlurmSite,
  { names }: SiteNodes,
  present: ReadonlySet<string>,
): string | null {
  if (topology.length === 0) return null;
  const nodesOf = (record: SiteRecord) =>
    namesOf(record, "nodes").flatMap((theirs) => {
      const own = names.get(theirs);
      return own !== undefined && present.has(own) ? [own] : [];
    });
  // A switch is there when something below it is.
  const there = new Set(
    topology.flatMap((record) => (nodesOf(record).length > 0 ? [record.name] : [])),
  );
  for (let before = -1; before !== there.size; ) {
    before = there.size;
    for (const record of topology) {
      if (namesOf(record, "switches").some((name) => there.has(name))) there.add(record.name);
    }
  }
  const lines = topology.flatMap((record) => {
    const { beginning, name, fields } = record;
    const isPlace = fields.has("nodes") || fields.has("switches");
    if (isPlace && !there.has(name)) return [];
    const pairs = [...fields].map(([lower, { key, value }]): [string, string] => {
      if (lower === "nodes") return [key, compressNames(nodesOf(record))];
      if (lower !== "switches") return [key, value];
      return [key, compressNames(namesOf(record, lower).filter((below) => there.has(below)))];
    });
    return [printPairs([[beginning, name], ...pairs])];
  });
  return lines.map((line) => `${line}\n`).join("");
}

function namesOf({ fields }: SiteRecord, key: string): string[] {
  try {
    return expandNames(fields.get(key)?.value ?? "");
  } catch (error) {
    // A problem of the file's reader.
    if (error instanceof HostlistError) return [];
    throw error;
  }
}
