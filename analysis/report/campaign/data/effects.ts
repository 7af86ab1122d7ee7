import { type Objective, objectives } from "../../../pareto/objectives";
import type { Point } from "../../../pareto/point";
import { meanOverLists, resampledMeans } from "../../../statistics/hierarchical-bootstrap";
import type { Sample } from "../../../statistics/job-lists";
import { type Interval, middle } from "../../../statistics/quantile";
import { coveredByAll, type Source } from "../../../statistics/sources";
import { bootstrapSeed } from "./compared";
import { designOf, effectOn, type Levels } from "./design";
import type { Cell, Groups, MeasuredTuple } from "./groups";
import { varyingAxes } from "./labels";
import type { MeasuredRun } from "./measured";
import type { Axes } from "./stored";

/** How far a value of an axis moves an objective from its mean over all values of the axis. */
export interface Effect {
  readonly axis: string;
  readonly value: string;
  readonly objective: Objective;
  /** Combinations, or tuples, that have the value. */
  readonly combinations: number;
  /** A reason where it is unknown. */
  readonly effect: number | string;
  /** 95 % bootstrap interval; null where some tuple has a single run. */
  readonly interval: Interval | null;
}

export interface Sensitivity {
  /** Seconds of the scheduler's clock in one of the host's. */
  readonly clockFactor: number;
  /** Axes of which the values are drawn at random, such as seeds: each tuple is a combination. */
  readonly ofDraws: boolean;
  readonly axes: readonly string[];
  readonly effects: readonly Effect[];
  readonly measured: number;
  readonly full: number;
  /** What the intervals cover. */
  readonly covers: readonly Source[];
  /** Objectives that are not in it, and why. */
  readonly omissions: readonly string[];
}

const resamples = 2000;
const confidence = 0.95;

interface Unit {
  readonly levels: Levels;
  readonly sample: Sample<MeasuredRun>;
}

/**
 * Main effects of every axis that varies on every objective. For axes that choose what is measured, a
 * combination's figure is the mean over its job lists; its intervals resample these (the same for all
 * combinations of a workload) and their repeats. For axes that choose the draw of the jobs, the job lists
 * are what is asked about, so that repeats alone are resampled. Clocks of each factor are apart.
 */
export function sensitivities({ workloads }: Groups): Sensitivity[] {
  const factors = [...new Set(workloads.map(({ clockFactor }) => clockFactor))];
  return factors.flatMap((clockFactor) =>
    sensitivitiesOf(workloads.filter((workload) => workload.clockFactor === clockFactor)).map(
      (found) => ({ ...found, clockFactor }),
    ),
  );
}

type Found = Omit<Sensitivity, "clockFactor">;

function sensitivitiesOf(workloads: Groups["workloads"]): Found[] {
  const cells = workloads.map((workload) => workload.cells);
  const tuples = cells.flat().flatMap((cell) => cell.tuples);
  const varying = varyingAxes(tuples.map(({ tuple }) => tuple.axes));
  const ofDraws = varying.filter((axis) => cells.flat().some((cell) => variesWithin(cell, axis)));
  const factors = varying.filter((axis) => !ofDraws.includes(axis));
  const found: Found[] = [];
  if (factors.length > 0) {
    const units = cells.map((own) =>
      own.map((cell) => ({ levels: cell.tuples[0]?.tuple.axes ?? {}, sample: cell.sample })),
    );
    found.push(sensitivity(units, factors, false));
  }
  if (ofDraws.length > 0) {
    const units = cells.flat().flatMap((cell) => cell.tuples.map((tuple) => [tupleUnit(tuple)]));
    found.push(sensitivity(units, ofDraws, true));
  }
  return found;
}

function variesWithin({ tuples }: Cell, axis: string): boolean {
  return new Set(tuples.map(({ tuple }) => tuple.axes[axis])).size > 1;
}

function tupleUnit({ tuple, runs }: MeasuredTuple): Unit {
  return { levels: tuple.axes, sample: [{ jobList: "the only one", repeats: runs }] };
}

/** `groups` are resampled one by one; all units of a group have the same job lists drawn. */
function sensitivity(
  groups: readonly (readonly Unit[])[],
  axes: readonly string[],
  ofDraws: boolean,
): Found {
  const omissions: string[] = [];
  const covers: Source[][] = [];
  const units = groups.flat();
  // Draws are compared within the same other axes, so that these belong to the design.
  const designAxes = ofDraws ? varyingAxes(units.map(({ levels }) => levels)) : axes;
  const designs = objectives.map((objective) => {
    const known = groups.map((group) => group.flatMap((unit) => knownUnit(unit, objective)));
    const all = known.flat();
    if (all.length === 0) {
      const reason = units[0]?.sample[0]?.repeats[0]?.objectives.reasons[objective] ?? "unknown";
      omissions.push(`${objective} is left out: ${reason}`);
      return [];
    }
    if (all.length < units.length) {
      omissions.push(`${objective}: ${units.length - all.length} combinations do not know it`);
    }
    covers.push([...coveredByAll(all.map(({ sample }) => sample))]);
    return [{ objective, known, all }];
  });
  const effects = designs.flat().flatMap(({ objective, known, all }) => {
    const design = designOf(
      all.map(({ levels }) => levels),
      designAxes,
    );
    const means = all.map(({ sample }) => meanOverLists(sample)[0] ?? Number.NaN);
    const single = coveredByAll(all.map(({ sample }) => sample)).length === 0;
    const draws = single ? [] : resampled(known.map((group) => group.map(({ sample }) => sample)));
    return design.effects
      .filter(({ axis }) => axes.includes(axis))
      .map(({ weights, ...named }): Effect => {
        if (typeof weights === "string") {
          return { ...named, objective, effect: weights, interval: null };
        }
        const values = draws.map((figures) => effectOn(weights, figures));
        return {
          ...named,
          objective,
          effect: effectOn(weights, means),
          interval: single ? null : middle(values, confidence),
        };
      });
  });
  const { full, measured } = designOf(
    units.map(({ levels }) => levels),
    designAxes,
  );
  const covered = (["repeats", "job lists"] as const).filter((source) =>
    covers.every((own) => own.includes(source)),
  );
  return { ofDraws, axes, effects, measured, full, covers: covered, omissions };
}

interface KnownUnit {
  readonly levels: Axes;
  readonly sample: Sample<Point>;
}

/** The unit in one objective, as far as its runs know it. */
function knownUnit({ levels, sample }: Unit, objective: Objective): KnownUnit[] {
  const known = sample.flatMap(({ jobList, repeats }) => {
    const values = repeats.flatMap((run) => run.objectives.values[objective] ?? []);
    return values.length === 0 ? [] : [{ jobList, repeats: values.map((value) => [value]) }];
  });
  // In one order, so that the lists of several units can be drawn together.
  known.sort((a, b) => (a.jobList < b.jobList ? -1 : 1));
  return known.length === 0 ? [] : [{ levels, sample: known }];
}

/** By resample: the mean of each unit, in the order of the groups. */
function resampled(groups: readonly (readonly Sample<Point>[])[]): number[][] {
  const byGroup = groups.flatMap((samples, index) => {
    if (samples.length === 0) return [];
    // Where a unit lacks a job list, each has lists of its own to draw from.
    const lists = new Set(samples.map((sample) => sample.map(({ jobList }) => jobList).join("\n")));
    const paired = lists.size === 1 ? [samples] : samples.map((sample) => [sample]);
    return paired.map((own, part) =>
      resampledMeans(own, { seed: bootstrapSeed + 1000 * index + part, resamples }),
    );
  });
  return Array.from({ length: resamples }, (_, draw) =>
    byGroup.flatMap((means) => (means[draw] ?? []).map(([value = Number.NaN]) => value)),
  );
}
