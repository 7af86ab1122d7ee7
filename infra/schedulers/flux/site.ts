import { stringify } from "smol-toml";
import { isObject } from "../../../spec/fields";
import { type FluxSiteSpec, fluxTables } from "../../../spec/schedulers/flux/site";
import type { ClusterPlan } from "../../plan";
import type { Change } from "../changes";

type Table = Readonly<Record<string, unknown>>;

/** Kept as the scheduler's own: the resources say no more of their kind than this. */
const matchFormat = { "match-format": "rv1_nosched" };

/**
 * The site's tables for the broker of the first rank, with a queue for each partition of this cluster, whose
 * nodes have the partition's name as a property.
 */
export function siteTables(site: Table, { partitions }: Pick<ClusterPlan, "partitions">): string[] {
  const [first, ...others] = partitions;
  const theirs = tableOf(site.queues);
  const queues = Object.fromEntries(
    partitions.map(({ name }) => [name, { ...tableOf(theirs[name]), requires: [name] }]),
  );
  const named = others.length > 0 || Object.keys(theirs).length > 0;
  const tables = {
    ...site,
    ...(named ? { queues, policy: withDefaultQueue(tableOf(site.policy), first?.name ?? "") } : {}),
    "sched-fluxion-resource": { ...tableOf(site["sched-fluxion-resource"]), ...matchFormat },
  };
  return stringify(tables).trimEnd().split("\n");
}

function withDefaultQueue(policy: Table, otherwise: string): Table {
  const jobspec = tableOf(policy.jobspec);
  const defaults = tableOf(jobspec.defaults);
  const system = tableOf(defaults.system);
  const queue = typeof system.queue === "string" ? system.queue : otherwise;
  return {
    ...policy,
    jobspec: { ...jobspec, defaults: { ...defaults, system: { ...system, queue } } },
  };
}

function tableOf(value: unknown): Table {
  return isObject(value) ? value : {};
}

/** What of the site's configuration is otherwise here. */
export function fluxChanges(
  site: FluxSiteSpec | undefined,
  plan: Pick<ClusterPlan, "partitions">,
): Change[] {
  const tables = fluxTables(site);
  if (tables === null) return [];
  const file = "flux.toml";
  const ours = siteTables(tables.kept, plan);
  const before = stringify(tables.kept).trimEnd().split("\n");
  return [
    ...tables.leftOut.map(({ table, reason }) => ({
      file,
      reason,
      theirs: [`[${table}]`],
      ours: [],
    })),
    {
      file,
      reason:
        "each partition of this cluster has its queue, and resources are written without the scheduler's own part",
      theirs: before.filter((line) => line !== "" && !ours.includes(line)),
      ours: ours.filter((line) => line !== "" && !before.includes(line)),
    },
  ];
}
