import { closest } from "fastest-levenshtein";
import { Failure } from "../../../base/failure";

export interface Selection {
  /** Names of experiments; all when absent. */
  readonly experiments?: readonly string[];
  /** Identifiers of runs; all when absent. */
  readonly runs?: readonly string[];
}

export interface RunName {
  readonly id: string;
  readonly experiment: string;
}

/** The chosen runs, in the order of the store. Throws Failure: unknown name, nothing left. */
export function selectRuns<T extends RunName>(all: readonly T[], selection: Selection): T[] {
  if (all.length === 0) {
    throw new Failure("the store holds no run yet", {
      remedy: "run an experiment first, or load a run's directory with: schedlab load RUNDIR",
    });
  }
  refuseUnknown("experiment", selection.experiments, new Set(all.map((run) => run.experiment)));
  refuseUnknown("run", selection.runs, new Set(all.map((run) => run.id)));
  const chosen = all.filter(
    (run) =>
      (selection.experiments?.includes(run.experiment) ?? true) &&
      (selection.runs?.includes(run.id) ?? true),
  );
  if (chosen.length > 0) return chosen;
  throw new Failure("none of the given runs belongs to the given experiments");
}

function refuseUnknown(
  kind: string,
  wanted: readonly string[] | undefined,
  known: ReadonlySet<string>,
): void {
  const unknown = wanted?.find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new Failure(`the store holds no ${kind} ${unknown}`, {
    remedy: `did you mean ${closest(unknown, [...known])}? List what there is with: schedlab results`,
  });
}
