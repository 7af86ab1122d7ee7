import { printRecord } from "../../../../spec/schedulers/slurm/site/conf";
import {
  type SiteNode,
  type SiteNodes,
  siteNodes,
} from "../../../../spec/schedulers/slurm/site/nodes";
import { readSite, type SlurmSite } from "../../../../spec/schedulers/slurm/site/site";
import type { ExperimentSpec } from "../../../../spec/spec";
import type { Change } from "../../changes";

/** A site's configuration and nodes. */
export interface SiteLayout {
  readonly site: SlurmSite;
  readonly nodes: SiteNodes;
  /** By our names. */
  readonly byName: ReadonlyMap<string, SiteNode>;
}

/** Null where the policy is our own. */
export function siteLayout({ scheduler }: Pick<ExperimentSpec, "scheduler">): SiteLayout | null {
  if (scheduler.kind !== "slurm" || scheduler.site?.files === undefined) return null;
  const site = readSite(scheduler.site.files, scheduler.site.set);
  const nodes = siteNodes(site);
  return { site, nodes, byName: new Map(nodes.nodes.map((node) => [node.name, node])) };
}

const noHardware = "emulated nodes have no hardware, tasks or control groups of their own";

/** Files of which nothing is taken, and the site's gres.conf, in the place of which is ours. */
export function fileChanges({ site }: SiteLayout, gresLines: readonly string[]): Change[] {
  return [
    ...(site.gres.length === 0
      ? []
      : [
          {
            file: "gres.conf",
            reason: "emulated nodes have empty files in the place of devices",
            theirs: site.gres.map((record) => printRecord(record).replace(/^NodeName="" /, "")),
            ours: ["AutoDetect=off", ...gresLines],
          },
        ]),
    ...site.unused.map((file) => ({
      file,
      reason: noHardware,
      theirs: ["(the whole file)"],
      ours: file === "cgroup.conf" ? ["CgroupPlugin=disabled"] : [],
    })),
  ];
}
