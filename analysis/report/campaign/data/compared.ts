import { bootstrapPareto, type ParetoBootstrap } from "../../../pareto/bootstrap";
import { nonDominatedFronts } from "../../../pareto/dominance";
import { type Objective, objectives, reference } from "../../../pareto/objectives";
import type { Point } from "../../../pareto/point";
import { onCommonLists, type Sample } from "../../../statistics/job-lists";
import type { Cell, System, Workload } from "./groups";
import { type GroupVolume, groupVolumes } from "./hypervolumes";

export interface ComparedSystem {
  readonly system: System;
  /** Its values of the known objectives, on all of its job lists. */
  readonly sample: Sample<Point>;
  readonly front: boolean;
  /** On the job lists that all systems have. */
  readonly result: ParetoBootstrap["tuples"][number];
}

/** The systems on one workload; less is better in every objective. */
export interface ComparedWorkload {
  readonly label: string;
  /** Known for every system. */
  readonly known: readonly Objective[];
  readonly systems: readonly ComparedSystem[];
  readonly bootstrap: ParetoBootstrap;
  readonly volumes: readonly GroupVolume[];
  /** What was left out, and why. */
  readonly omissions: readonly string[];
}

export interface Incomparable {
  readonly label: string;
  readonly reason: string;
}

export const bootstrapSeed = 1;

/** A reason where no two values can be compared. Runs that lack an objective which others know are left out. */
export function comparedWorkload({ label, cells }: Workload): ComparedWorkload | Incomparable {
  const omissions: string[] = [];
  const known = objectives.filter((objective) => {
    const lacking = cells.filter(({ sample }) => reasonOf(sample, objective) !== null);
    const [first] = lacking;
    if (first === undefined) return true;
    const which = lacking.length < cells.length ? ` (${first.system.label})` : "";
    omissions.push(`${objective} is left out: ${reasonOf(first.sample, objective)}${which}`);
    return false;
  });
  if (known.length === 0) {
    return { label, reason: `no objective is known: ${omissions.join("; ")}` };
  }
  const measured = cells.map(({ system, sample }) => ({
    system,
    sample: points(sample, known, omissions),
  }));
  const { samples, jobLists, leftOut } = onCommonLists(measured.map(({ sample }) => sample));
  if (jobLists.length === 0) {
    return { label, reason: "the systems have no job list in common yet" };
  }
  if (leftOut.length > 0) {
    omissions.push(
      `front and hypervolume leave out ${leftOut.length} of the job lists, which some system lacks`,
    );
  }
  const point = reference.slice(0, known.length);
  const tuples = measured.map(({ system }, index) => ({
    name: system.label,
    sample: samples[index] ?? [],
  }));
  const bootstrap = bootstrapPareto(tuples, { reference: point, seed: bootstrapSeed });
  const front = new Set(nonDominatedFronts(bootstrap.tuples.map(({ mean }) => mean))[0]);
  return {
    label,
    known,
    systems: measured.flatMap(({ system, sample }, index) => {
      const result = bootstrap.tuples[index];
      return result === undefined ? [] : [{ system, sample, front: front.has(index), result }];
    }),
    bootstrap,
    volumes: groupVolumes(
      measured.map(({ system }, index) => ({ system, sample: samples[index] ?? [] })),
      point,
    ),
    omissions,
  };
}

/** Why no run of the sample knows the objective; null where one does. */
function reasonOf(sample: Cell["sample"], objective: Objective): string | null {
  const runs = sample.flatMap(({ repeats }) => repeats);
  if (runs.some((run) => run.objectives.values[objective] !== null)) return null;
  return runs[0]?.objectives.reasons[objective] ?? "no run";
}

function points(
  sample: Cell["sample"],
  known: readonly Objective[],
  omissions: string[],
): Sample<Point> {
  return sample.flatMap(({ jobList, repeats }) => {
    const whole = repeats.flatMap((run) => {
      const lacking = known.find((objective) => run.objectives.values[objective] === null);
      if (lacking === undefined) {
        return [known.map((objective) => rounded(run.objectives.values[objective] ?? 0))];
      }
      omissions.push(`run ${run.id} is left out: ${run.objectives.reasons[lacking] ?? "unknown"}`);
      return [];
    });
    return whole.length === 0 ? [] : [{ jobList, repeats: whole }];
  });
}

/** Sums of the same times in another order differ in their last digits; that is no difference. */
function rounded(value: number): number {
  return Number(value.toFixed(9));
}
