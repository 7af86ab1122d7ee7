import type { Sample } from "./job-lists";
import { mean, squares } from "./moments";

/** Variances in the square of the figure's unit. Null cannot be told, for the reason given. */
export interface VarianceComponents {
  /** Between repeats of the same jobs: noise of the run. */
  readonly betweenRepeats: number | null;
  /** Between job lists, without the noise of the runs: generality. */
  readonly betweenJobLists: number | null;
  readonly reasons: readonly string[];
}

/**
 * One-way random effects by the method of moments, also for unequal numbers of repeats: within = MSW;
 * between = (MSB − MSW) / n₀, n₀ = (N − Σ rᵢ² / N) / (L − 1). Where MSB is below MSW, the noise alone
 * explains the differences between the job lists, and the estimate is 0. Source: Searle, Casella,
 * McCulloch, Variance Components, 1992, section 3.6.
 */
export function varianceComponents(sample: Sample<number>): VarianceComponents {
  const lists = sample.length;
  const sizes = sample.map(({ repeats }) => repeats.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === lists) {
    const once = lists === 1 ? "there is one run" : "every job list was run once";
    const apart = lists === 1 ? [] : ["job lists and repeats cannot be told apart"];
    return {
      betweenRepeats: null,
      betweenJobLists: null,
      reasons: [[`${once}: the noise between repeats is unknown`, ...apart].join("; ")],
    };
  }
  const within = sample.reduce((sum, { repeats }) => sum + squares(repeats), 0) / (total - lists);
  if (lists === 1) {
    return {
      betweenRepeats: within,
      betweenJobLists: null,
      reasons: ["there is one job list: what other jobs would change is unknown"],
    };
  }
  const grand = mean(sample.flatMap(({ repeats }) => repeats));
  const between =
    sample.reduce((sum, { repeats }) => sum + repeats.length * (mean(repeats) - grand) ** 2, 0) /
    (lists - 1);
  const perList = (total - sizes.reduce((sum, size) => sum + size ** 2, 0) / total) / (lists - 1);
  return {
    betweenRepeats: within,
    betweenJobLists: Math.max(0, (between - within) / perList),
    reasons: [],
  };
}
