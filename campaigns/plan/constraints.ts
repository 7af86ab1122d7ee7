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
 * and so is one that matches no combination. `declared` are the axes as the file has them, before values
 * were chosen on the command line: a constraint on the others then simply does not apply.
 */
export function readConstraints(
  { exclude, only }: Pick<Campaign, "exclude" | "only">,
  axes: readonly Axis[],
  declared: Campaign["axes"],
): Constraints {
  const problems: Problem[] = [];
  const read = (name: "exclude" | "only") =>
    (name === "exclude" ? exclude : only).map((assignment, index) =>
      readConstraint(`${name}.${index}`, assignment, axes, declared, problems),
    );
  const [excluded, kept] = [read("exclude"), read("only")];
  return {
    allows: (choice) =>
      !excluded.some((constraint) => matches(constraint, choice)) &&
      (kept.length === 0 || kept.some((constraint) => matches(constraint, choice))),
    problems,
  };
}

function matches({ matching }: Constraint, choice: Choice): boolean {
  return matching.every(([axis, values]) => values.has(choice[axis] ?? -1));
}

function readConstraint(
  path: string,
  assignment: Readonly<Record<string, unknown>>,
  axes: readonly Axis[],
  declared: Campaign["axes"],
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
      else if (!isDeclared(value, declared[name])) {
        problems.push({ path: `${path}.${name}`, message: neverMatches(value, axis) });
      }
    }
    return [[place, found] as const];
  });
  return { path, matching };
}

function isDeclared(value: unknown, declared: Campaign["axes"][string] | undefined): boolean {
  const values = declared === undefined ? [] : (writtenValues(declared) ?? []);
  return values.some((known) => valueKey(known) === valueKey(value));
}

function neverMatches(value: unknown, axis: Axis): string {
  const texts = axis.values.map(({ text }) => text);
  const near = suggestion(valueText(value), texts) || ` (its values: ${texts.join(", ")})`;
  return `never matches: the axis has no value ${valueText(value)}${near}`;
}
