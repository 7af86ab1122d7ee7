import type { PlacementNotation } from "../adapter";

/**
 * Expands Slurm's notation for node names: `node[01-03,07],gpu01` is five names, zeros kept.
 * Several brackets in one name multiply. `(null)`, `None assigned` and an empty text are no nodes.
 */
export function expandHostlist(text: string): string[] {
  if (text === "" || text === "(null)" || text === "None assigned") return [];
  return splitOutsideBrackets(text).flatMap(expandName);
}

/**
 * Expands Slurm's notation for cores on the nodes of a job: `2(x3),1` is 2, 2, 2 and 1. Empty for a text
 * that is not in it.
 */
export function expandNodeCores(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const match = /^([1-9]\d*)(?:\(x([1-9]\d*)\))?$/.exec(part);
    if (match === null) return [];
    return Array.from({ length: Number(match[2] ?? 1) }, () => Number(match[1]));
  });
}

function splitOutsideBrackets(text: string): string[] {
  return text.match(/(?:\[[^\]]*\]|[^,[])+/g) ?? [];
}

function expandName(name: string): string[] {
  const match = /^([^[]*)\[([^\]]*)\](.*)$/.exec(name);
  if (match === null) return [name];
  const [, before = "", ranges = "", after = ""] = match;
  const tails = expandName(after);
  return ranges.split(",").flatMap((range) => {
    const [low = "", high = low] = range.split("-");
    const numbers = Array.from({ length: Number(high) - Number(low) + 1 }, (_, index) =>
      String(Number(low) + index).padStart(low.length, "0"),
    );
    return numbers.flatMap((number) => tails.map((tail) => before + number + tail));
  });
}

export const slurmPlacement: PlacementNotation = {
  nodes: expandHostlist,
  whole: true,
  cores: expandNodeCores,
};
