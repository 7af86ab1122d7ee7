import type { Problem } from "./problems";
import type { MixedWorkload, Workload } from "./workload";

/** Of a topology; a group of nodes is emulated that says how in `emulated`. */
interface NodeGroups {
  readonly nodes: object;
  readonly pools: Readonly<Record<string, object>>;
}

type Part = Exclude<Workload, MixedWorkload> | MixedWorkload["components"][string];

/**
 * Jobs whose body does not go with the nodes of their partition: emulated ones have no cores to compute
 * on, and only they can hold an allocation without a process.
 */
export function emulationProblems(workload: Workload, topology: NodeGroups): Problem[] {
  const parts: [string, Part][] =
    workload.kind === "mixed"
      ? Object.entries(workload.components).map(([name, part]) => [
          `workload.components.${name}`,
          part,
        ])
      : [["workload", workload]];
  return parts.flatMap(([path, part]) => {
    const wants = emulatedFor("body" in part ? part.body : part.kind);
    const unfit =
      wants === null
        ? []
        : groupsOf(part, topology).filter(([, group]) => isEmulated(group) !== wants);
    const [first] = unfit;
    if (first === undefined) return [];
    return [
      "body" in part
        ? { path: `${path}.body`, message: bodyMessage(part.body, first[0]) }
        : { path: `${path}.kind`, message: bodyMessage(part.kind, first[0]) },
    ];
  });
}

/** Whether such jobs need emulated nodes (true), real ones (false), or run on either (null). */
function emulatedFor(body: string): boolean | null {
  if (body === "hold") return true;
  return body === "sleep" ? null : false;
}

function bodyMessage(body: string, group: string): string {
  return body === "hold"
    ? `a job with the body hold has no process, so it needs emulated nodes, and those of ${group} are real; take sleep, or set ${group}.emulated`
    : `${body} needs cores that compute, and the nodes of ${group} are emulated; take hold or sleep, or real nodes`;
}

/** The node groups that the part's users submit to, by path. */
function groupsOf({ users }: Part, { nodes, pools }: NodeGroups): [string, object][] {
  const groups = new Map<string, [string, object]>([
    ["nodes", ["topology.nodes", nodes]],
    ...Object.entries(pools).map(([name, pool]): [string, [string, object]] => [
      name,
      [`topology.pools.${name}`, pool],
    ]),
  ]);
  const partitioned = Object.values(users.partitions);
  // A user without a partition takes the default one, that of topology.nodes.
  const used = partitioned.length < users.count ? ["nodes", ...partitioned] : partitioned;
  // Other partitions, which a scheduler's policy may have, span all groups.
  const found = used.flatMap((name) => {
    const group = groups.get(name);
    return group === undefined ? [...groups.values()] : [group];
  });
  return [...new Map(found)];
}

function isEmulated(group: object): boolean {
  return Reflect.get(group, "emulated") !== undefined;
}
