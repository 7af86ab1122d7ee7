import { bootstrapPareto } from "../../../pareto/bootstrap";
import type { Point } from "../../../pareto/point";
import type { Sample } from "../../../statistics/job-lists";
import type { Interval } from "../../../statistics/quantile";
import type { System } from "./groups";

/** The hypervolume of the systems that have one scheduler or one topology. */
export interface GroupVolume {
  readonly by: "scheduler" | "policy" | "topology";
  readonly group: string;
  readonly systems: readonly System[];
  readonly mean: number;
  /** Null where some of its systems has a single run. */
  readonly interval: Interval | null;
}

interface Member {
  readonly system: System;
  /** On the job lists that all systems have. */
  readonly sample: Sample<Point>;
}

const seed = 1;

/** By kind of scheduler, by its policy and by topology, where there are several; the best group first. */
export function groupVolumes(members: readonly Member[], reference: Point): GroupVolume[] {
  const kinds = grouped(members, ({ kind }) => kind);
  const schedulers = grouped(members, ({ scheduler }) => scheduler);
  const topologies = grouped(members, ({ topology }) => topology);
  const of = (by: GroupVolume["by"], groups: ReadonlyMap<string, readonly Member[]>) =>
    groups.size < 2
      ? []
      : [...groups]
          .map(([group, own]) => volume(by, group, own, reference))
          .sort((a, b) => b.mean - a.mean);
  return [
    ...of("scheduler", kinds),
    // Where each kind has one policy, this would say the same again.
    ...(schedulers.size > kinds.size ? of("policy", schedulers) : []),
    ...of("topology", topologies),
  ];
}

function volume(
  by: GroupVolume["by"],
  group: string,
  members: readonly Member[],
  reference: Point,
): GroupVolume {
  const tuples = members.map(({ system, sample }) => ({ name: system.label, sample }));
  const { hypervolume } = bootstrapPareto(tuples, { reference, seed });
  return { by, group, systems: members.map(({ system }) => system), ...hypervolume };
}

function grouped(
  members: readonly Member[],
  by: (system: System) => string,
): ReadonlyMap<string, readonly Member[]> {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const own = groups.get(by(member.system));
    if (own === undefined) groups.set(by(member.system), [member]);
    else own.push(member);
  }
  return groups;
}
