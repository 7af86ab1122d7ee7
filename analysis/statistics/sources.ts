import type { Sample } from "./job-lists";

/**
 * Where figures vary: between repeats of the same jobs, which is the noise of the run, and between job
 * lists, which says whether a result holds for other jobs of the same kind.
 */
export type Source = "repeats" | "job lists";

/**
 * The sources that an interval of the sample's mean covers. Where several job lists were run once each,
 * both are in the spread of their figures, although they cannot be told apart.
 */
export function covered(sample: Sample<unknown>): readonly Source[] {
  if (sample.length > 1) return ["repeats", "job lists"];
  return (sample[0]?.repeats.length ?? 0) > 1 ? ["repeats"] : [];
}

/** The sources that are covered for each of the samples. */
export function coveredByAll(samples: readonly Sample<unknown>[]): readonly Source[] {
  const all: readonly Source[] = ["repeats", "job lists"];
  return all.filter((source) => samples.every((sample) => covered(sample).includes(source)));
}

/** What intervals that cover these sources say, as a sentence. */
export function coverageText(sources: readonly Source[]): string {
  if (sources.includes("job lists")) {
    return "The intervals cover the noise between repeats and the differences between job lists: they say what to expect of other jobs of the same kind.";
  }
  if (sources.includes("repeats")) {
    return "The intervals cover the noise between repeats of the same jobs only: they say nothing of another day's jobs.";
  }
  return "There is one run of one job list, so nothing is known of its variation.";
}
