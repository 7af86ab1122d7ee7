/**
 * Expands SLURM's notation for node names: `node[01-03,07],gpu01` is five names, zeros kept.
 * Several brackets in one name multiply. `(null)`, `None assigned` and an empty text are no nodes.
 */
export function expandHostlist(text: string): string[] {
  if (text === "" || text === "(null)" || text === "None assigned") return [];
  return splitOutsideBrackets(text).flatMap(expandName);
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
