import { type DuckDBConnection, listValue } from "@duckdb/node-api";
import { closest } from "fastest-levenshtein";
import { Failure } from "../../base/failure";
import { readStore } from "../../store/open";
import { directionOf } from "../check/directions";
import { readFailed, readGroups, readMetricNames } from "../check/read";
import type { Outcome } from "../check/verdict";
import type { Varied } from "../conditions";
import { rows } from "../query";
import { compareSides, type WhatIfResult } from "./compare";
import { readFigures } from "./figures";
import { chosenSides, runsOf } from "./sides";
import { chosenSubjects, type SubjectChoice } from "./subjects";

export interface AnswerOptions extends SubjectChoice {
  readonly store: string;
  /** Hashes of the tuples of both sides, each with all draws of its jobs. */
  readonly now: readonly string[];
  readonly changed: readonly string[];
  readonly varied: Exclude<Varied, "workload">;
  readonly metrics: readonly string[];
  /** Cores between sizes of jobs; null: the median. */
  readonly sizes: readonly number[] | null;
  /** A change up to it, as a share of what it was, is none. */
  readonly margin: number;
  /** Checks of the audit that a run may have failed. */
  readonly accepted: readonly string[];
  readonly allowUnequal: boolean;
}

export interface WhatIfAnswer extends WhatIfResult {
  /** As `check` has it: worse if any difference is beyond the margin, else unknown if any is. */
  readonly outcome: Outcome;
  readonly runs: { readonly now: readonly string[]; readonly changed: readonly string[] };
  /** What was left out, and why. */
  readonly omissions: readonly string[];
}

/**
 * What the runs of the store say of the change. Throws Failure: no store, no run of a side, unequal
 * conditions, a metric that is not there or is better in neither direction.
 */
export async function whatIfAnswer(options: AnswerOptions): Promise<WhatIfAnswer> {
  return readStore(options.store, async (connection) => {
    await checkMetrics(connection, options.metrics);
    const wanted = {
      now: await completedRuns(connection, options.now),
      changed: await completedRuns(connection, options.changed),
    };
    const { pair, omissions } = chosenSides(
      {
        groups: await readGroups(connection),
        failed: await readFailed(connection, options.accepted),
      },
      wanted,
      options,
    );
    const runs = { now: runsOf(pair.baseline), changed: runsOf(pair.candidate) };
    const all = await readFigures(
      connection,
      [...runs.now, ...runs.changed],
      options.metrics,
      options.sizes,
    );
    const chosen = chosenSubjects(all, options);
    const sides = { now: pair.baseline.runs, changed: pair.candidate.runs };
    const result = compareSides(chosen.figures, sides, options.margin);
    const unequal = pair.unequal.map(({ field }) => field);
    return {
      ...result,
      outcome: outcomeOf(result),
      runs,
      omissions: [
        ...omissions,
        ...chosen.omissions,
        ...(unequal.length > 0 ? [`compared under unequal conditions: ${unequal.join(", ")}`] : []),
      ],
    };
  });
}

function outcomeOf({ differences }: WhatIfResult): Outcome {
  const found = new Set(differences.map(({ verdict }) => verdict.outcome));
  if (found.has("worse")) return "worse";
  return found.size === 1 && found.has("no worse") ? "no worse" : "cannot tell";
}

async function completedRuns(
  connection: DuckDBConnection,
  hashes: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = await rows(
    connection,
    "SELECT run_id FROM runs WHERE status = 'completed' AND list_contains($1, tuple_hash)",
    [listValue([...hashes])],
  );
  return new Set(found.map(({ run_id }) => String(run_id)));
}

async function checkMetrics(
  connection: DuckDBConnection,
  metrics: readonly string[],
): Promise<void> {
  const known = await readMetricNames(connection);
  const judged = known.filter((metric) => directionOf(metric) !== undefined);
  for (const metric of metrics) {
    if (judged.includes(metric) || known.length === 0) continue;
    throw known.includes(metric)
      ? new Failure(`neither lower nor higher values of ${metric} are better`, {
          remedy: `choose among ${judged.join(", ")}`,
        })
      : new Failure(`the store has no metric ${metric}`, {
          remedy: `did you mean ${closest(metric, judged)}? docs/metrics.md has them all`,
        });
  }
}
