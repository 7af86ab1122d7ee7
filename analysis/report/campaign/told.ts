import { count, listText, number } from "../format";
import type { SystemDifference, Told } from "./data/differences";

export type Level = "otherJobs" | "theseJobs";

/** The comparisons that hold together, here and elsewhere in the report. */
interface Family {
  readonly confidence: number;
  readonly size: number;
}

/** Pairs that are named one by one; the table has the others. */
const mostNamed = 5;

const scopes: Readonly<Record<Level, string>> = {
  otherJobs: "For other jobs of the same kind",
  theseJobs: "For these jobs alone",
};

/** Who was told apart from whom at the confidence of all comparisons together, and how many more alone. */
export function toldText(
  own: readonly SystemDifference[],
  level: Level,
  { confidence, size }: Family,
): string {
  const scope = scopes[level];
  const known = own.filter((difference) => typeof difference[level] === "string");
  if (known.length === 0) {
    const reason = own
      .map((difference) => difference[level])
      .find((told) => typeof told !== "string");
    return `${scope}, nothing can be told: ${reason?.reason ?? "unknown"}.`;
  }
  const of = (told: Told) => known.filter((difference) => difference[level] === told);
  const [together, alone] = [of("together"), of("alone")];
  const at = `at ${number(100 * confidence)}\u00a0%`;
  const all = size === 1 ? at : `${at} for all ${number(size)} comparisons together`;
  const more =
    alone.length === 0 || size === 1
      ? ""
      : ` ${number(alone.length)} of ${count(known.length, "difference")} ${alone.length === 1 ? "is" : "are"} told ${at} each by itself only; among equal systems, chance does that to one in twenty.`;
  return together.length === 0
    ? `${scope}, no two systems are told apart ${all}.${more}`
    : `${scope}, ${all}: ${pairsText(together)}.${more}`;
}

/** `A is better than B in idle and completion`, the pairs with the most objectives first. */
function pairsText(told: readonly SystemDifference[]): string {
  const pairs = new Map<string, string[]>();
  for (const { better, other, objective } of told) {
    const pair = `${better.label} is better than ${other.label}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), objective]);
  }
  const sorted = [...pairs].sort(([, a], [, b]) => b.length - a.length);
  return named(
    sorted.map(([pair, objectives]) => `${pair} in ${listText(objectives)}`),
    ", which the table has",
  );
}

function named(all: readonly string[], where: string): string {
  const rest = all.length - mostNamed;
  const more = rest > 0 ? `; and ${count(rest, "further pair")}${where}` : "";
  return `${all.slice(0, mostNamed).join("; ")}${more}`;
}

/** Pairs of which no objective is told by any interval. */
export function untoldText(own: readonly SystemDifference[]): string[] {
  const pairs = new Map<string, { readonly names: string; readonly told: boolean }>();
  for (const difference of own) {
    const both = [difference.better, difference.other].sort((a, b) => a.index - b.index);
    const names = both.map(({ label }) => label).join(" and ");
    const told = [difference.theseJobs, difference.otherJobs].some(
      (level) => level === "together" || level === "alone",
    );
    pairs.set(names, { names, told: (pairs.get(names)?.told ?? false) || told });
  }
  const untold = [...pairs.values()].filter(({ told }) => !told).map(({ names }) => names);
  if (untold.length === 0) return [];
  return [
    `Not told apart in any objective: ${named(untold, "")}. That does not make them equal: the table of differences says what it would take to tell them apart.`,
  ];
}
