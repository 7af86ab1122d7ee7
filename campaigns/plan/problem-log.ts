import type { Problem } from "../../spec/problems";
import type { Axis } from "./axes";
import type { Choice } from "./constraints";

/** A problem of a campaign, with the values of the axes that lead to it. */
export interface CampaignProblem extends Problem {
  /** Such as `scheduler kubernetes, topology.nodes.count 4 or 8`; null where no axis matters. */
  readonly where: string | null;
}

/** Values of one axis that are named before the rest is counted. */
const mostNamed = 5;

/** Collects the problems of all tuples: each is told once. */
export class ProblemLog {
  private readonly found = new Map<string, { problem: Problem; choices: Choice[] }>();

  add(problem: Problem, choice: Choice): void {
    const key = `${problem.path}\n${problem.message}`;
    const known = this.found.get(key);
    if (known === undefined) this.found.set(key, { problem, choices: [choice] });
    else known.choices.push(choice);
  }

  get isEmpty(): boolean {
    return this.found.size === 0;
  }

  /** @param all every combination that was looked at. */
  problems(axes: readonly Axis[], all: readonly Choice[]): CampaignProblem[] {
    return [...this.found.values()].map(({ problem, choices }) => ({
      ...problem,
      where: whereText(axes, choices, all),
    }));
  }
}

/**
 * The combinations in words: for each axis that matters the values with the problem. Where they are not
 * all combinations of these values, one of them stands for the rest.
 */
function whereText(
  axes: readonly Axis[],
  choices: readonly Choice[],
  all: readonly Choice[],
): string | null {
  const used = (of: readonly Choice[], axis: number) =>
    new Set(of.map((choice) => choice[axis] ?? 0));
  const affected = axes.map((_, axis) => used(choices, axis));
  const relevant = axes.flatMap((_, axis) =>
    (affected[axis]?.size ?? 0) < used(all, axis).size ? [axis] : [],
  );
  const covered = all.filter((choice) =>
    relevant.every((axis) => affected[axis]?.has(choice[axis] ?? 0)),
  );
  if (covered.length > choices.length) {
    const [example = []] = choices;
    const count = `${choices.length} of ${all.length} tuples`;
    return `${count}, such as ${choiceText(axes, example)}`;
  }
  if (relevant.length === 0) return null;
  return relevant
    .map((axis) => `${axes[axis]?.name} ${valuesText(axes[axis], [...(affected[axis] ?? [])])}`)
    .join(", ");
}

function valuesText(axis: Axis | undefined, indices: readonly number[]): string {
  const texts = indices.map((index) => axis?.values[index]?.text ?? "");
  const named = texts.slice(0, mostNamed);
  const rest = texts.length - named.length;
  return rest > 0 ? `${named.join(", ")} and ${rest} more` : named.join(" or ");
}

/** A combination as `scheduler backfill, workload.seed 2`, without the axes of one value. */
export function choiceText(axes: readonly Axis[], choice: Choice): string {
  const varied = axes.flatMap((axis, place) =>
    axis.values.length > 1 ? [`${axis.name} ${axis.values[choice[place] ?? 0]?.text}`] : [],
  );
  return varied.length === 0 ? "the only tuple" : varied.join(", ");
}

export function formatCampaignProblem({ path, message, where }: CampaignProblem): string {
  const said = path === "" ? message : `${path}: ${message}`;
  return where === null ? said : `${said} (${where})`;
}
