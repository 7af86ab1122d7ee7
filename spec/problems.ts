import { closest, distance } from "fastest-levenshtein";

/** One thing wrong with the input. `path` is dotted (`topology.nodes.count`), empty for the whole. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Thrown when a specification is refused; holds every problem found, not only the first. */
export class SpecError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "SpecError";
    this.problems = problems;
  }
}

export function formatProblem(problem: Problem): string {
  return problem.path === "" ? problem.message : `${problem.path}: ${problem.message}`;
}

/** The known name nearest to what was typed, or undefined where nothing is near enough to suggest. */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = typed.toLowerCase();
  const nearest = closest(lower, [...known]);
  const limit = Math.max(2, Math.floor(Math.max(lower.length, nearest.length) / 3));
  return distance(lower, nearest.toLowerCase()) <= limit ? nearest : undefined;
}

/** `, did you mean "count"?`, or nothing where no name is near. */
export function suggestion(typed: string, known: readonly string[]): string {
  const nearest = nearestName(typed, known);
  return nearest === undefined ? "" : `, did you mean "${nearest}"?`;
}

/** A key that is not known, with the nearest one that is, or all of them. */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = suggestion(key, known);
  return `unknown key${near === "" ? ` (known: ${known.join(", ")})` : near}`;
}

/** A value for a message: short, and quoted when it is text. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  }
  return String(value);
}
