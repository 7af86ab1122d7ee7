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
import { type Place, type Pool, poolOf, withoutDraw } from "./pooled";
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
  /**
   * Configuration and job list of each compared run, where the configurations have several job lists in
   * common; null where each configuration has a single one.
   */
  readonly places: ReadonlyMap<string, Place> | null;
  /** Chosen runs of job lists that some configuration lacks, and how many such lists there are. */
  readonly unshared: { readonly jobLists: number; readonly runs: readonly string[] };
}

const headSchema = z.object({
  id: z.string(),
  experiment: z.string(),
  startedAt: z.string().nullable(),
});

/**
 * Which of the chosen runs to compare: of those that completed and passed their audit (or of all, if
 * there are none) the newest, with all that were made under equal conditions. Draws of one workload
 * (seeds, resamples) are compared together, on the job lists that all configurations have; where the
 * newest run's is not among them, the draw is a condition like any other. Runs that are named one by one
 * have to be comparable. Reads no job. Throws Failure: no store, unknown run or experiment, named runs
 * under unequal conditions.
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
  const shown = conditions.map(({ run }) => run);
  if (allowUnequal || options.runs !== undefined) {
    const pool = varied === "workload" ? null : poolOf(sound);
    const pooled =
      pool !== null && pool.common.length > 0 && !(allowUnequal && pool.others.length > 0);
    const compared = pooled ? sound.map(withoutDraw) : sound;
    const inequalities = equalConditions(compared, varied, allowUnequal);
    return { ...onSharedLists(sound, shown, pooled ? pool : null), others: [], inequalities };
  }
  const dated = new Set(chosen.filter(({ startedAt }) => startedAt !== null).map(({ id }) => id));
  // An imported log need not say when it was recorded: it counts as the newest only if there is no
  // other run.
  const newest = sound.findLast(({ run }) => dated.has(run)) ?? sound.at(-1);
  if (newest === undefined)
    return { ...onSharedLists([], shown, null), others: [], inequalities: [] };
  const ordered = [newest, ...sound.filter((run) => run !== newest)];
  const apart = (groups: readonly ConditionGroup[]) => {
    const out = new Set(groups.flatMap(({ runs }) => runs));
    const within = ({ run }: RunConditions) => !out.has(run);
    return [sound.filter(within), conditions.filter(within).map(({ run }) => run)] as const;
  };
  if (varied !== "workload") {
    const [, ...others] = groupByConditions(ordered.map(withoutDraw), varied);
    const [together, seen] = apart(others);
    const pool = poolOf(together);
    if (pool.common.includes(pool.places.get(newest.run)?.jobList ?? "")) {
      return { ...onSharedLists(together, seen, pool), others, inequalities: [] };
    }
  }
  const [, ...others] = groupByConditions(ordered, varied);
  const [together, seen] = apart(others);
  return { ...onSharedLists(together, seen, null), others, inequalities: [] };
}

/** Leaves out the runs of job lists that some configuration lacks; none without a pool. */
function onSharedLists(
  sound: readonly RunConditions[],
  shown: readonly string[],
  pool: Pool | null,
): Pick<ComparableRuns, "compared" | "shown" | "places" | "unshared"> {
  const lacking = sound
    .map(({ run }) => run)
    .filter((run) => pool?.others.includes(pool.places.get(run)?.jobList ?? "") === true);
  const kept = (run: string) => !lacking.includes(run);
  return {
    compared: sound.map(({ run }) => run).filter(kept),
    shown: shown.filter(kept),
    places: pool !== null && pool.common.length > 1 ? pool.places : null,
    unshared: { jobLists: pool?.others.length ?? 0, runs: lacking },
  };
}

/** The runs that completed and are not in doubt, else those that completed, else all. */
function bestOf(conditions: readonly RunConditions[]): readonly RunConditions[] {
  const completed = conditions.filter(({ fields }) => fields.status === "completed");
  const sound = completed.filter(({ fields }) => fields.audit === notInDoubt);
  return [sound, completed, conditions].find(({ length }) => length > 0) ?? [];
}

/** One line for each set of runs that was left out, and what to do about it. */
export function othersText({
  others,
  unshared,
}: Pick<ComparableRuns, "others" | "unshared">): string[] {
  const lists = unshared.jobLists;
  return [
    ...(lists === 0
      ? []
      : [
          `left out, ${lists} job list${lists === 1 ? "" : "s"} that some configuration lacks: ${unshared.runs.join(", ")}`,
        ]),
    ...others.map(({ runs, differences }) => {
      const fields = differences.map(({ field }) => field).join(", ");
      return `left out, made under other conditions than the newest run (${fields}): ${runs.join(", ")}`;
    }),
    ...(others.length === 0
      ? []
      : [
          "choose with --experiment or --runs, say what was varied with --vary, or compare all with --allow-unequal",
        ]),
  ];
}
