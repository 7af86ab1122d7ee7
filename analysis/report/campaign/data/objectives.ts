import type { Objective } from "../../../pareto/objectives";

interface ObjectiveWords {
  readonly name: string;
  /** As `analysis/pareto/objectives.ts` defines it. */
  readonly label: string;
  readonly digits: number;
}

/** All are in 0..1, and less is better. */
export const objectiveWords: Readonly<Record<Objective, ObjectiveWords>> = {
  idle: { name: "idle", label: "1 − utilisation", digits: 3 },
  unfairness: { name: "unfairness", label: "1 − Jain index", digits: 4 },
  completion: { name: "completion", label: "1 − bound / makespan", digits: 3 },
  elasticity: { name: "elasticity", label: "x / (1 + x), x = (θᵤ + θₒ) / 100", digits: 3 },
};
