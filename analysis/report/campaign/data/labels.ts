import type { Axes } from "./stored";

const word = /^(?!(?:true|false|default)$)[A-Za-z]/;
/** Values that are written out, such as objects, can be long. */
const longest = 40;
/** Not a comma: in a sentence, labels stand beside each other. */
const separator = " · ";

/** A value by itself where it is a name, else with the end of its axis: `slurm`, `nodes.count 2`. */
export function valueLabel(axis: string, value: string): string {
  const short = value.length > longest ? `${value.slice(0, longest - 1)}…` : value;
  return word.test(value) ? short : `${axis.split(".").slice(-2).join(".")} ${short}`;
}

/** The axes that have more than one value among these tuples, in the order of the campaign. */
export function varyingAxes(tuples: readonly Axes[]): string[] {
  const names = [...new Set(tuples.flatMap((axes) => Object.keys(axes)))];
  return names.filter((name) => new Set(tuples.map((axes) => axes[name])).size > 1);
}

/**
 * Names groups of tuples by the axes that vary among them and are the same within each group. Groups that
 * these do not tell apart have their fallback instead, such as the only group; and then a number.
 */
export function groupLabels(
  groups: readonly (readonly Axes[])[],
  fallback: (group: number) => string,
): string[] {
  const axes = varyingAxes(groups.flat()).filter((name) =>
    groups.every((group) => new Set(group.map((own) => own[name])).size === 1),
  );
  const byAxes = groups.map(([first = {}]) =>
    axes.map((axis) => valueLabel(axis, first[axis] ?? "default")).join(separator),
  );
  const alike = (labels: readonly string[], index: number) =>
    labels.filter((label) => label === labels[index]).length > 1;
  const named = byAxes.map((label, index) =>
    label === "" || alike(byAxes, index)
      ? [label, fallback(index)].filter(Boolean).join(separator)
      : label,
  );
  return named.map((label, index) => (alike(named, index) ? `${label} (${index + 1})` : label));
}
