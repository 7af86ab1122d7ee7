import { difference, type ListPair, noiseOf, valuesOf } from "../../../statistics/contrast";
import { mean, variance } from "../../../statistics/moments";
import { jobListsNeeded, repeatsNeeded, type Wanted } from "../../../statistics/repeats-needed";

/** What would tell the observed difference, if it and the variances are the true ones; or why that is unknown. */
export interface NeededRuns {
  /** Repeats of each side on each of these job lists, for these jobs. */
  readonly repeats: number | string;
  /** Job lists, each run as often as now, for other jobs of the same kind. */
  readonly jobLists: number | string;
}

/** More than there are, since these did not do. `lists` are the common ones, at least one. */
export function neededRuns(
  lists: readonly ListPair[],
  precision: Omit<Wanted, "difference">,
): NeededRuns {
  const differences = valuesOf(lists, difference);
  const wanted = { ...precision, difference: Math.abs(mean(differences)) };
  if (!(wanted.difference > 0)) {
    const none = "there is no difference to be told";
    return { repeats: none, jobLists: none };
  }
  const noise = noiseOf(lists, difference);
  const fewest = Math.min(...lists.flatMap(({ first, second }) => [first.length, second.length]));
  return {
    repeats:
      noise === null
        ? "the noise between repeats is unknown: run each job list at least twice"
        : more(repeatsNeeded(noise, lists.length, wanted), fewest),
    jobLists:
      lists.length < 2
        ? "how job lists differ is unknown with one"
        : more(jobListsNeeded(variance(differences), wanted), lists.length),
  };
}

/** Rounding, and unequal numbers of repeats, may make what did not do look like enough. */
function more(count: number | string, than: number): number | string {
  return typeof count === "number" ? Math.max(count, than + 1) : count;
}
