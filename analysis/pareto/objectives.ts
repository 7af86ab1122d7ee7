import type { Point } from "./dominance";

/** The measured figures of one run that the four objectives are made of; null where unknown. */
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
}

export const objectives = ["idle", "unfairness", "completion", "elasticity"] as const;
export type Objective = (typeof objectives)[number];

/** The worst value of each normalised objective. Fixed: hypervolumes are comparable for ever. */
export const reference: Point = [1, 1, 1, 1];

/**
 * Each objective in 0..1, less is better, by fixed formulae that depend on no other run:
 * idle 1 − α; unfairness 1 − Jain; completion 1 − bound / makespan; elasticity x / (1 + x) with
 * x = (θ_U + θ_O) / 100. Null, with the missing figure, where it cannot be known.
 */
const formulae: Readonly<Record<Objective, (run: Measured) => number | string>> = {
  idle: ({ utilisation }) => (utilisation === null ? "no utilisation" : 1 - utilisation),
  unfairness: ({ jain }) => (jain === null ? "no Jain index" : 1 - jain),
  completion: ({ makespan, makespanBound }) => {
    if (makespan === null) return "no makespan";
    if (makespanBound === null) return "no lower bound of the makespan";
    return makespan > 0 ? 1 - makespanBound / makespan : "the makespan is 0";
  },
  elasticity: ({ underProvisioned, overProvisioned }) => {
    if (underProvisioned === null || overProvisioned === null) return "no provisioning accuracy";
    const deviation = (underProvisioned + overProvisioned) / 100;
    return deviation / (1 + deviation);
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
