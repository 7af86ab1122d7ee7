import { Failure } from "../../base/failure";
import type { Reporter } from "../../base/reporter";
import { readStore } from "../../store/open";
import { failedChecks } from "../audits";
import { type ComparisonOptions, comparableRuns, othersText } from "../report/data/comparable";
import { type Configuration, configurationsOf } from "../report/data/configuration";
import { measured } from "../report/data/normalised";
import { readRuns } from "../report/data/read";
import type { ReportRun } from "../report/data/run";
import { bootstrapPareto, type ParetoBootstrap } from "./bootstrap";
import { nonDominatedFronts } from "./dominance";
import { type NormalisedRun, normalise, type Objective, objectives, reference } from "./objectives";
import type { Point } from "./point";

export interface CampaignOptions extends ComparisonOptions {
  readonly seed: number;
  readonly resamples: number;
  readonly report?: Reporter;
}

/** Tuples of the store with their normalised objectives; less is better. */
export interface Campaign {
  /** The objectives that are known for every compared run. */
  readonly objectives: readonly Objective[];
  readonly reference: Point;
  /** Of each tuple, in the order of the bootstrap's, and its place on the front of the means. */
  readonly tuples: readonly { readonly runs: readonly string[]; readonly front: boolean }[];
  readonly bootstrap: ParetoBootstrap;
  /** What was left out, and why. */
  readonly omissions: readonly string[];
  /** Conditions that should not differ but do. */
  readonly unequal: readonly string[];
}

/**
 * Compares the newest completed run that passed its audit with those of equal conditions; runs of one
 * tuple are repeats of its job lists. Throws Failure: no store, unknown run or experiment, named runs under unequal
 * conditions, nothing to compare.
 */
export async function comparePareto(options: CampaignOptions): Promise<Campaign> {
  const { store, accepted, seed, resamples, report } = options;
  const chosen = await comparableRuns(options);
  const { inequalities, places } = chosen;
  const runs = await readStore(store, (connection) => readRuns(connection, chosen.shown, report));
  const finished = runs.filter(({ status }) => status === "completed");
  if (finished.length === 0) throw new Failure("none of the runs completed");
  const completed = finished.filter(({ audit }) => failedChecks(audit, accepted).length === 0);
  if (completed.length === 0) throw allFailed(finished, accepted);
  const configurations = configurationsOf(completed, places);
  const values = new Map(completed.map((run) => [run.id, normalise(measured(run))]));
  const known = objectives.filter((objective) =>
    [...values.values()].every((run) => run.values[objective] !== null),
  );
  const omissions = [
    ...othersText(chosen),
    ...runs.filter((run) => !completed.includes(run)).map((run) => leftOut(run, accepted)),
    ...objectives.filter((name) => !known.includes(name)).map((name) => omission(name, values)),
  ];
  if (known.length === 0) {
    throw new Failure("no objective is known for every run", { detail: omissions.join("\n") });
  }
  const bootstrap = bootstrapPareto(
    configurations.map((configuration) => tuple(configuration, known, values)),
    { reference: reference.slice(0, known.length), seed, resamples },
  );
  const front = new Set(nonDominatedFronts(bootstrap.tuples.map(({ mean }) => mean))[0]);
  return {
    objectives: known,
    reference: reference.slice(0, known.length),
    tuples: configurations.map((configuration, index) => ({
      runs: configuration.runs.map(({ id }) => id),
      front: front.has(index),
    })),
    bootstrap,
    omissions,
    unequal: inequalities.map(({ field }) => field),
  };
}

function leftOut({ id, status, audit }: ReportRun, accepted: readonly string[]): string {
  return status === "completed"
    ? `${id} failed its audit in ${failedChecks(audit, accepted).join(", ")}`
    : `${id} did not complete`;
}

function allFailed(runs: readonly ReportRun[], accepted: readonly string[]): Failure {
  return new Failure("every completed run failed its audit", {
    detail: runs.map((run) => leftOut(run, accepted)).join("\n"),
    remedy:
      "see what is wrong with: schedlab audit; what you can live with is accepted by --accept CHECK",
  });
}

type Values = ReadonlyMap<string, NormalisedRun>;

function tuple({ label, jobLists }: Configuration, known: readonly Objective[], values: Values) {
  return {
    name: label,
    sample: jobLists.map(({ jobList, repeats }) => ({
      jobList,
      repeats: repeats.map(({ id }) =>
        known.map((name) => rounded(values.get(id)?.values[name] ?? 0)),
      ),
    })),
  };
}

/** Sums of the same times in another order differ in their last digits; that is no difference. */
function rounded(value: number): number {
  return Number(value.toFixed(9));
}

function omission(name: Objective, values: Values): string {
  const [run, found] = [...values].find(([, { values: own }]) => own[name] === null) ?? [];
  return `${name} is left out: ${found?.reasons[name] ?? "unknown"} in run ${run ?? ""}`;
}
