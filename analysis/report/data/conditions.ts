import { Failure } from "../../../base/failure";
import {
  compareConditions,
  type Difference,
  differencesText,
  neverCompared,
  type RunConditions,
  type Varied,
} from "../../conditions";

/**
 * The conditions in which the runs differ apart from the thing varied; throws a Failure that lists them
 * unless that is allowed. It never is between real and emulated nodes, or clocks of different factors.
 */
export function equalConditions(
  runs: readonly RunConditions[],
  varied: Varied,
  allowUnequal: boolean,
): readonly Difference[] {
  const found = compareConditions(runs, varied);
  const never = neverCompared(runs);
  if (never !== undefined) {
    throw new Failure(never.problem, {
      detail: differencesText(found.filter(({ field }) => field === never.field)),
      remedy: "choose runs of one kind with --experiment or --runs",
    });
  }
  if (found.length === 0 || allowUnequal) return found;
  const fields = found.map(({ field }) => field).join(", ");
  throw new Failure(`the runs were made under unequal conditions: they differ in ${fields}`, {
    detail: differencesText(found),
    remedy:
      "choose comparable runs with --experiment or --runs, say with --vary what was varied on " +
      "purpose, accept a failed check of an audit with --accept, or compare them all the same with --allow-unequal",
  });
}
