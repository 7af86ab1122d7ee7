import type { Campaign } from "../../spec/campaign/schema";
import { type Problem, suggestion } from "../../spec/problems";
import { type Axis, valueKey, valueText, writtenValues } from "./axes";

/** Combination of values: the index of the chosen value, by axis. */
export type Choice = readonly number[];

interface Constraint {
  readonly path: string;
  /** Indices of the values that match, by place of the axis. */
  readonly matching: readonly (readonly [axis: number, values: ReadonlySet<number>])[];
}

export interface Constraints {
  readonly allows: (choice: Choice) => boolean;
  readonly problems: readonly Problem[];
}

/**
 * The constraints of a campaign on its axes. One that names no axis or none of its values is a problem,
 * because it could never match. `declared` are the axes as the file has them, before values were chosen on
 * the command line: a constraint on one that was not chosen simply does not apply.
 */
export function readConstraints(
  { exclude, only, axes: written }: Pick<Campaign, "exclude" | "only" | "axes">,
  axes: readonly Axis[],
  declared: Campaign["axes"],
): Constraints {
  const problems: Problem[] = [];
  const read = (name: "exclude" | "only") =>
    (name === "exclude" ? exclude : only).map((assignment, index) =>
      readConstraint(`${name}.${index}`, assignment, { axes, written, declared }, problems),
    );
  const [excluded, kept] = [read("exclude"), read("only")];
  return {
    allows: (choice) =>
      !excluded.some((constraint) => matches(constraint, choice)) &&
      (kept.length === 0 || kept.some((constraint) => matches(constraint, choice))),
    problems,
  };
}

interface KnownAxes {
  /** Those that are in order. */
  readonly axes: readonly Axis[];
  /** As they are written, with the command line and without. */
  readonly written: Campaign["axes"];
  readonly declared: Campaign["axes"];
}

function matches({ matching }: Constraint, choice: Choice): boolean {
  return matching.every(([axis, values]) => values.has(choice[axis] ?? -1));
}

function readConstraint(
  path: string,
  assignment: Readonly<Record<string, unknown>>,
  { axes, written, declared }: KnownAxes,
  problems: Problem[],
): Constraint {
  const names = axes.map(({ name }) => name);
  const entries = Object.entries(assignment);
  if (entries.length === 0)
    problems.push({ path, message: "says nothing, so it matches everything" });
  const matching = entries.flatMap(([name, wanted]) => {
    const place = names.indexOf(name);
    const axis = axes[place];
    if (axis === undefined) {
      // What is wrong with an axis is said of the axis.
      if (Object.hasOwn(written, name)) return [];
      const near = suggestion(name, names) || ` (axes: ${names.join(", ") || "none"})`;
      problems.push({ path: `${path}.${name}`, message: `no such axis${near}` });
      return [];
    }
    const indexOf = (value: unknown) =>
      axis.values.findIndex((known) => valueKey(known.value) === valueKey(value));
    const found = new Set<number>();
    // A list is several values, unless the axis has it as one of its values.
    for (const value of Array.isArray(wanted) && indexOf(wanted) < 0 ? wanted : [wanted]) {
      const index = indexOf(value);
      if (index >= 0) found.add(index);
      else if (![written[name], declared[name]].some((values) => isAmong(value, values))) {
        problems.push({ path: `${path}.${name}`, message: neverMatches(value, axis) });
      }
    }
    return [[place, found] as const];
  });
  return { path, matching };
}

function isAmong(value: unknown, written: Campaign["axes"][string] | undefined): boolean {
  const values = written === undefined ? [] : (writtenValues(written) ?? []);
  return values.some((known) => valueKey(known) === valueKey(value));
}

function neverMatches(value: unknown, axis: Axis): string {
  const texts = axis.values.map(({ text }) => text);
  const close = typeof value === "string" ? suggestion(value, texts) : "";
  const near = close || ` (its values: ${texts.join(", ")})`;
  return `never matches: the axis has no value ${valueText(value)}${near}`;
}
