import type { SchedulerNode } from "../../../../spec/emulated";
import { compressNames, expandNames } from "../../../../spec/hostlist";
import { printPairs, printRecord } from "../../../../spec/schedulers/slurm/site/conf";
import { keptNodeFields, replacedNodeFields } from "../../../../spec/schedulers/slurm/site/fields";
import type { Gres } from "../../../../spec/schedulers/slurm/site/gres";
import type { SiteNode, SiteNodes } from "../../../../spec/schedulers/slurm/site/nodes";
import { configFile, type SlurmSite } from "../../../../spec/schedulers/slurm/site/site";
import type { Change } from "../../changes";
import { acceleratorPath } from "../paths";

/** What a line of slurm.conf says of a node beside its name and address. */
export function nodeFields({ record }: SiteNode): string[] {
  const pairs = [...record.fields]
    .filter(([lower]) => keptNodeFields.has(lower))
    .map(([, { key, value }]) =>
      printPairs([[key, lower(key) === "gres" ? plainGres(value) : value]]),
    );
  return [...pairs, "State=UNKNOWN"];
}

const lower = (key: string) => key.toLowerCase();

/** Cores that a device is close to are those of the site's hardware. */
function plainGres(value: string): string {
  return value.replaceAll(/\([^)]*\)/g, "");
}

/**
 * gres.conf of such a node, as `Name=gpu Type=a100 File=…` each. Devices with files have empty ones, which lie
 * ready on every domain.
 */
export function gresFields({ gres }: Pick<SiteNode, "gres">): string[] {
  let file = 0;
  return gres
    .filter(({ count }) => count > 0)
    .map(({ name, type, count }: Gres) => {
      const typed = type === "" ? "" : ` Type=${type}`;
      if (name !== "gpu") return `Name=${name}${typed} Count=${count}`;
      const first = file;
      file += count;
      const files = count === 1 ? String(first) : `[${first}-${file - 1}]`;
      return `Name=${name}${typed} File=${acceleratorPath}${files}`;
    });
}

/** The line of each node. */
function linesByNode(
  nodes: readonly SchedulerNode[],
  lines: readonly string[],
): ReadonlyMap<string, string> {
  const known = new Set(nodes.map(({ name }) => name));
  return new Map(
    lines.flatMap((line) => {
      const names = expandNames(/^NodeName=(\S+)/.exec(line)?.[1] ?? "");
      return names.filter((name) => known.has(name)).map((name) => [name, line] as const);
    }),
  );
}

/** The nodes' lines: theirs, and those of ours that stand for them. */
export function nodeChanges(
  { conf }: SlurmSite,
  { nodes, leftOut }: SiteNodes,
  present: readonly SchedulerNode[],
  lines: readonly string[],
): Change[] {
  const ours = linesByNode(present, lines);
  const renamed = nodes.some(({ theirs, name }) => theirs !== name);
  const common = `${renamed ? "names as far as this cluster's own allow them, " : "the site's names; "}addresses and ports are this cluster's, and every node is up`;
  const records = conf.nodes.map((record): Change => {
    const own = new Set(
      nodes.flatMap((node) => (node.record === record ? (ours.get(node.name) ?? []) : [])),
    );
    const further = [...record.fields.keys()].flatMap((key) => {
      const reason = replacedNodeFields.get(key);
      return reason === undefined ||
        /^(nodehostname|nodeaddr|port|state|reason|bcastaddr)$/.test(key)
        ? []
        : [reason];
    });
    const reason = [...new Set([common, ...further])].join("; ");
    return { file: configFile, reason, theirs: [printRecord(record)], ours: [...own] };
  });
  return [
    ...records,
    ...conf.downNodes.map((record) => ({
      file: configFile,
      reason: "every node is up",
      theirs: [printRecord(record)],
      ours: [],
    })),
    ...leftOut.map(({ names, reason }) => ({
      file: configFile,
      reason: `nodes are left out: ${reason}`,
      theirs: [`NodeName=${compressNames(names)}`],
      ours: [],
    })),
  ];
}
