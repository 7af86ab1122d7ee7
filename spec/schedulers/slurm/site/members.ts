import { partitionPattern } from "../../../emulated-list";
import { expandNames, HostlistError } from "../../../hostlist";
import type { SiteProblem } from "../../site-problem";
import { listOf, type Setting, type SiteRecord } from "./conf";
import type { SlurmSite } from "./site";

/** The names; what is not in the notation is a problem of the file's reader. */
export function expandedOr(text: string, otherwise: string[]): string[] {
  try {
    return expandNames(text);
  } catch (error) {
    if (error instanceof HostlistError) return otherwise;
    throw error;
  }
}

/** The names; a problem of the line where they are not in the notation. */
function expandedIn(field: Setting | undefined, problems: SiteProblem[]): string[] {
  if (field === undefined) return [];
  try {
    return expandNames(field.value);
  } catch (error) {
    if (!(error instanceof HostlistError)) throw error;
    const { file, line, key } = field;
    // A default of partitions is one line for many of them.
    if (!problems.some((one) => one.file === file && one.line === line && one.key === key)) {
      problems.push({ file, line, key, message: error.message });
    }
    return [];
  }
}

/** Nodes of each partition, in their names, and the partitions with the default one first. */
export function partitionMembers(
  { conf }: SlurmSite,
  there: ReadonlySet<string>,
  future: ReadonlySet<string>,
  problems: SiteProblem[],
): { readonly members: ReadonlyMap<string, readonly string[]>; readonly order: readonly string[] } {
  const sets = new Map(
    conf.nodeSets.map((record) => [record.name, nodeSet(record, conf.nodes, problems)]),
  );
  const members = new Map<string, readonly string[]>();
  let first: string | undefined;
  for (const { name: names, fields, file, line } of conf.partitions) {
    const written = fields.get("nodes")?.value ?? "";
    const all = listOf(written.replaceAll(/\[[^\]]*\]/g, "")).some((one) => /^all$/i.test(one))
      ? [...there]
      : expandedIn(fields.get("nodes"), problems).flatMap((name) => sets.get(name) ?? [name]);
    const unknown = all.find((name) => !there.has(name) && !future.has(name));
    if (unknown !== undefined) {
      problems.push({
        file,
        line,
        key: "Nodes",
        message: `expected nodes of this file, got ${unknown}`,
      });
    }
    const own = [...new Set(all)].filter((name) => there.has(name));
    for (const name of expandedOr(names, [])) {
      if (members.has(name)) {
        problems.push({ file, line, key: "PartitionName", message: `${name} is there twice` });
      }
      if (!partitionPattern.test(name)) {
        const message = `expected at most 52 letters, digits, _, . and -, got ${JSON.stringify(name)}`;
        problems.push({ file, line, key: "PartitionName", message });
      }
      members.set(name, own);
      if (/^yes$/i.test(fields.get("default")?.value ?? "")) first = name;
    }
  }
  const order = [...members.keys()];
  if (first === undefined) return { members, order };
  return { members, order: [first, ...order.filter((name) => name !== first)] };
}

function nodeSet(
  { fields }: SiteRecord,
  nodes: readonly SiteRecord[],
  problems: SiteProblem[],
): string[] {
  const features = listOf(fields.get("feature")?.value);
  const byFeature = nodes.filter((node) =>
    listOf((node.fields.get("features") ?? node.fields.get("feature"))?.value).some((one) =>
      features.includes(one),
    ),
  );
  return [
    ...expandedIn(fields.get("nodes"), problems),
    ...byFeature.flatMap(({ name }) => expandedOr(name, [])),
  ];
}
