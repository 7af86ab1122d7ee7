import { closest } from "fastest-levenshtein";
import { Failure } from "../../base/failure";
import type { RunHead } from "./read";

export interface Sides {
  readonly baseline: ReadonlySet<string>;
  readonly candidate: ReadonlySet<string>;
  /** What the candidate is, as a person would name it. */
  readonly candidateNames: readonly string[];
}

/**
 * The runs of both sides. A name is that of a campaign, of an experiment or of a run, in this order. Without
 * names, the candidate is the newest run that is not of the baseline, with all other such runs of its
 * campaign or experiment. Throws Failure: unknown name, nothing left for a side, a run on both sides.
 */
export function sidesOf(
  heads: readonly RunHead[],
  baselineNames: readonly string[],
  candidateNames: readonly string[] | undefined,
): Sides {
  const baseline = namedRuns(heads, baselineNames);
  if (candidateNames === undefined) {
    const others = heads.filter(({ id }) => !baseline.has(id));
    const newest = others.findLast(({ status }) => status === "completed");
    if (newest === undefined) {
      throw new Failure("the store holds no completed run beside the baseline", {
        remedy: "run the candidate first",
      });
    }
    const nameOf = ({ campaign, experiment }: RunHead) => campaign ?? experiment;
    const alike = others.filter((run) => nameOf(run) === nameOf(newest));
    return {
      baseline,
      candidate: new Set(alike.map(({ id }) => id)),
      candidateNames: [nameOf(newest)],
    };
  }
  const candidate = namedRuns(heads, candidateNames);
  const both = [...candidate].filter((id) => baseline.has(id));
  if (both.length > 0) {
    throw new Failure(`${both.length} of the candidate's runs belong to the baseline as well`, {
      detail: both.join("\n"),
      remedy: "name each run on one side only",
    });
  }
  return { baseline, candidate, candidateNames };
}

function namedRuns(heads: readonly RunHead[], names: readonly string[]): Set<string> {
  return new Set(names.flatMap((name) => runsOf(heads, name)));
}

function runsOf(heads: readonly RunHead[], name: string): string[] {
  for (const kind of ["campaign", "experiment", "id"] as const) {
    const found = heads.filter((run) => run[kind] === name).map(({ id }) => id);
    if (found.length > 0) return found;
  }
  const known = heads.flatMap(({ id, experiment, campaign }) => [id, experiment, campaign ?? []]);
  const names = [...new Set(known.flat())];
  throw new Failure(`the store holds no campaign, experiment or run ${name}`, {
    remedy:
      names.length === 0
        ? "run an experiment first, or load a run's directory with: schedlab load RUNDIR"
        : `did you mean ${closest(name, names)}? List what there is with: schedlab results`,
  });
}
