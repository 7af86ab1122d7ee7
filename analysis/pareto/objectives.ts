import type { Point } from "./dominance";

/** The measured figures of one run from which the four objectives are computed; null where unknown. */
export interface Measured {
  /** α: Σ allocated · run / (capacity · makespan), 0..1. */
  readonly utilisation: number | null;
  /** Jain's index of the users' mean bounded slowdowns, per entitled share; 0..1. */
  readonly jain: number | null;
  /** Seconds. */
  readonly makespan: number | null;
  /** Seconds that no schedule of the same jobs can beat (`makespanBound`). */
  readonly makespanBound: number | null;
  /** θ_U and θ_O in percent: cores lacking and cores too many, relative to the demand. */
  readonly underProvisioned: number | null;
  readonly overProvisioned: number | null;
  /** Whether the cores that can be scheduled on can change during the run. */
  readonly supplyCanChange: boolean;
}

export const objectives = ["idle", "unfairness", "completion", "elasticity"] as const;
export type Objective = (typeof objectives)[number];

/** The worst value of each normalised objective. It is fixed, so that hypervolumes always stay comparable. */
export const reference: Point = [1, 1, 1, 1];

/** Why elasticity is not an objective of a run: on a fixed cluster it would reward keeping jobs waiting. */
export const fixedSupply = "supply cannot change on a fixed cluster";

/** A figure that exceeds its bounds by no more than this does so because its sums are rounded. */
const rounding = 1e-9;

/** A reason where a value that has to be in 0..1 is not. */
export function share(value: number, beyond: string): number | string {
  if (!(value >= -rounding && value <= 1 + rounding)) return beyond;
  return Math.min(1, Math.max(0, value));
}

/**
 * Each objective in 0..1, less is better, by fixed formulae that depend on no other run: idle 1 − α;
 * unfairness 1 − Jain; completion 1 − bound / makespan; elasticity x / (1 + x) with x = (θ_U + θ_O) /
 * 100. Null, with a reason, where a figure is missing or impossible: because times are coarse, the
 * cores that jobs seem to hold at once may add up to more than the cluster has.
 */
const formulae: Readonly<Record<Objective, (run: Measured) => number | string>> = {
  idle: ({ utilisation }) => {
    if (utilisation === null) return "no utilisation";
    return share(1 - utilisation, `a utilisation of ${utilisation} is not in 0..1`);
  },
  unfairness: ({ jain }) => {
    if (jain === null) return "no Jain index";
    return share(1 - jain, `a Jain index of ${jain} is not in 0..1`);
  },
  completion: ({ makespan, makespanBound }) => {
    if (makespan === null) return "no makespan";
    if (makespanBound === null) return "no lower bound of the makespan";
    if (!(makespan > 0)) return "the makespan is 0";
    return share(
      1 - makespanBound / makespan,
      `a makespan of ${makespan} s is below its lower bound, ${makespanBound} s`,
    );
  },
  elasticity: ({ underProvisioned, overProvisioned, supplyCanChange }) => {
    if (!supplyCanChange) return fixedSupply;
    if (underProvisioned === null || overProvisioned === null) return "no provisioning accuracy";
    const deviation = (underProvisioned + overProvisioned) / 100;
    return share(deviation / (1 + deviation), `provisioning is off by ${100 * deviation} %`);
  },
};

export interface NormalisedRun {
  readonly values: Readonly<Record<Objective, number | null>>;
  /** Why a value is null. */
  readonly reasons: Readonly<Partial<Record<Objective, string>>>;
}

export function normalise(run: Measured): NormalisedRun {
  const values: Record<Objective, number | null> = {
    idle: null,
    unfairness: null,
    completion: null,
    elasticity: null,
  };
  const reasons: Partial<Record<Objective, string>> = {};
  for (const objective of objectives) {
    const value = formulae[objective](run);
    if (typeof value === "number") values[objective] = value;
    else reasons[objective] = value;
  }
  return { values, reasons };
}
