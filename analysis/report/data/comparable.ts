import { z } from "zod";
import { readStore } from "../../../store/open";
import {
  type ConditionGroup,
  type Difference,
  groupByConditions,
  notInDoubt,
  type RunConditions,
  readConditions,
  type Varied,
} from "../../conditions";
import { rows } from "../../query";
import { equalConditions } from "./conditions";
import { type Selection, selectRuns } from "./selection";

export interface ComparisonOptions extends Selection {
  readonly store: string;
  /** What the configurations differ in on purpose. */
  readonly varied: Varied;
  /** Compare runs under unequal conditions as well. */
  readonly allowUnequal: boolean;
  /** Checks of the audit that a compared run may have failed. */
  readonly accepted: readonly string[];
}

export interface ComparableRuns {
  /** To be compared with each other, oldest first. */
  readonly compared: readonly string[];
  /** The same, and also the chosen runs that did not complete or that their audit puts in doubt. */
  readonly shown: readonly string[];
  /** Chosen, but made under other conditions than the newest run, with what differs. */
  readonly others: readonly ConditionGroup[];
  /** Conditions in which the compared runs differ, where that was allowed. */
  readonly inequalities: readonly Difference[];
}

const headSchema = z.object({
  id: z.string(),
  experiment: z.string(),
  startedAt: z.string().nullable(),
});

/**
 * Which of the chosen runs to compare: of those that completed and passed their audit (or of all, if
 * there are none) the newest, with all that were made under equal conditions. Runs that are named one
 * by one have to be comparable. Reads no job. Throws Failure: no store, unknown run or experiment,
 * named runs under unequal conditions.
 */
export async function comparableRuns(options: ComparisonOptions): Promise<ComparableRuns> {
  const { store, varied, allowUnequal, accepted } = options;
  const heads = await readStore(store, (connection) =>
    rows(
      connection,
      `SELECT run_id AS id, experiment, started_at AS "startedAt"
       FROM runs ORDER BY started_at, run_id`,
    ),
  );
  const chosen = selectRuns(z.array(headSchema).parse(heads), options);
  const conditions = await readConditions(
    store,
    chosen.map(({ id }) => id),
    accepted,
  );
  const sound = bestOf(conditions);
  if (allowUnequal || options.runs !== undefined) {
    const inequalities = equalConditions(sound, varied, allowUnequal);
    return {
      compared: sound.map(({ run }) => run),
      shown: conditions.map(({ run }) => run),
      others: [],
      inequalities,
    };
  }
  const dated = new Set(chosen.filter(({ startedAt }) => startedAt !== null).map(({ id }) => id));
  // An imported log need not say when it was recorded: it counts as the newest only if there is no
  // other run.
  const newest = sound.findLast(({ run }) => dated.has(run)) ?? sound.at(-1);
  const rest = sound.filter((run) => run !== newest);
  const [, ...others] = groupByConditions(newest === undefined ? rest : [newest, ...rest], varied);
  const apart = new Set(others.flatMap(({ runs }) => runs));
  const ids = (list: readonly RunConditions[]) =>
    list.map(({ run }) => run).filter((run) => !apart.has(run));
  return { compared: ids(sound), shown: ids(conditions), others, inequalities: [] };
}

/** The runs that completed and are not in doubt, else those that completed, else all. */
function bestOf(conditions: readonly RunConditions[]): readonly RunConditions[] {
  const completed = conditions.filter(({ fields }) => fields.status === "completed");
  const sound = completed.filter(({ fields }) => fields.audit === notInDoubt);
  return [sound, completed, conditions].find(({ length }) => length > 0) ?? [];
}

/** One line for each set of runs that was left out, and what to do about it. */
export function othersText(others: readonly ConditionGroup[]): string[] {
  if (others.length === 0) return [];
  return [
    ...others.map(({ runs, differences }) => {
      const fields = differences.map(({ field }) => field).join(", ");
      return `left out, made under other conditions than the newest run (${fields}): ${runs.join(", ")}`;
    }),
    "choose with --experiment or --runs, say what was varied with --vary, or compare all with --allow-unequal",
  ];
}
