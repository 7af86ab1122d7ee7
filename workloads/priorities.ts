import { highestPriority, lowestPriority } from "../spec/job-attributes";

const levels = highestPriority - lowestPriority + 1;

/**
 * Levels for the priorities of a log, in their order. The highest value has the highest level. As many values as
 * there are levels, or fewer, have a level each; of more, neighbours share one, each level having about as many
 * values as the others.
 */
export function priorityLevels(values: Iterable<number>): ReadonlyMap<number, number> {
  const sorted = [...new Set(values)].sort((a, b) => b - a);
  const perLevel = Math.max(1, sorted.length / levels);
  return new Map(
    sorted.map((value, index) => [value, highestPriority - Math.floor(index / perLevel)]),
  );
}

/** For a person, where values share levels. */
export function levelsNote(known: ReadonlyMap<number, number>): string[] {
  if (known.size <= levels) return [];
  return [`the trace's ${known.size} different priorities became ${levels}, in their order`];
}
