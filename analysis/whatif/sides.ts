import { Failure } from "../../base/failure";
import {
  type CheckedTuple,
  pairTuples,
  type RunGroup,
  type TuplePair,
  tuplesOf,
} from "../check/tuples";
import type { Varied } from "../conditions";

export interface SideRuns {
  /** Completed runs of the store by their conditions, in any order. */
  readonly groups: readonly RunGroup[];
  /** Failed checks of the audit that are not accepted, by run. */
  readonly failed: ReadonlyMap<string, readonly string[]>;
}

export interface ChosenSides {
  readonly pair: TuplePair;
  readonly omissions: readonly string[];
}

/**
 * The runs of both sides that are compared: those that passed their audit, under conditions that are equal
 * but for what varies. Where runs were made under several, such as another version of this program, those
 * with the most common job lists. Pure. Throws Failure: a side without a run, no equal conditions.
 */
export function chosenSides(
  { groups, failed }: SideRuns,
  wanted: { readonly now: ReadonlySet<string>; readonly changed: ReadonlySet<string> },
  { varied, allowUnequal }: { readonly varied: Varied; readonly allowUnequal: boolean },
): ChosenSides {
  const doubtful = [...wanted.now, ...wanted.changed].filter((run) => failed.has(run)).sort();
  const tuples = (side: ReadonlySet<string>) => {
    const own = groups.flatMap(({ runs, fields }) => {
      const kept = runs.filter((run) => side.has(run) && !failed.has(run)).sort();
      return kept.length === 0 ? [] : [{ runs: kept, fields }];
    });
    // The database gives groups in any order; the same store has to give the same text.
    return tuplesOf(own.sort((a, b) => ((a.runs[0] ?? "") < (b.runs[0] ?? "") ? -1 : 1)));
  };
  const [now, changed] = [tuples(wanted.now), tuples(wanted.changed)];
  if (now.length === 0 || changed.length === 0) {
    const which = now.length === 0 ? "as it is" : "with the change";
    throw new Failure(`no run of the configuration ${which} completed and passed its audit`, {
      remedy:
        doubtful.length > 0
          ? "see what is wrong with: npx schedlab audit; what you can live with is accepted by --accept CHECK"
          : "run it: the same command without --from-store",
    });
  }
  const { pairs, unpaired, unused } = pairTuples(now, changed, varied, allowUnequal);
  const [pair, ...others] = [...pairs].sort((a, b) => common(b) - common(a));
  if (pair === undefined) throw new Error("pairTuples has no pair");
  const left = [
    ...others.flatMap((other) => [other.baseline, other.candidate]),
    ...unpaired,
    ...unused.map(({ baseline }) => baseline),
  ].filter((tuple) => tuple !== pair.baseline && tuple !== pair.candidate);
  return {
    pair,
    omissions: [
      ...(doubtful.length > 0 ? [`left out, failed their audit: ${doubtful.join(", ")}`] : []),
      ...[...new Set(left)].map(
        (tuple) => `left out, made under other conditions: ${runsOf(tuple).join(", ")}`,
      ),
    ],
  };
}

function common({ baseline, candidate }: TuplePair): number {
  return [...baseline.runs.keys()].filter((jobList) => candidate.runs.has(jobList)).length;
}

export function runsOf({ runs }: CheckedTuple): string[] {
  return [...runs.values()].flat();
}
