import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Sample } from "./job-lists";

/** One figure, or one for each objective. */
export type Figures = readonly number[];

export interface BootstrapOptions {
  /** 32-bit. The same seed gives the same figures. */
  readonly seed: number;
  readonly resamples: number;
}

/**
 * Resampled means of tuples that have the same job lists: by resample, tuple and figure. Each resample
 * draws as many job lists as there are, with replacement and the same ones for every tuple, so that the
 * tuples stay paired; then, for each tuple and each drawn list, as many repeats as that list has. A mean
 * is the mean over the lists of the means over their repeats. One list alone is always drawn: then only
 * its repeats vary. Sources: Davison and Hinkley, Bootstrap Methods and their Application, 1997, section
 * 3.8; Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
 */
export function resampledMeans(
  samples: readonly Sample<Figures>[],
  { seed, resamples }: BootstrapOptions,
): number[][][] {
  const generator = xoroshiro128plus(seed);
  const draw = (count: number) => (count === 1 ? 0 : uniformInt(generator, 0, count - 1));
  const lists = samples[0]?.length ?? 0;
  return Array.from({ length: resamples }, () => {
    const drawn = Array.from({ length: lists }, () => draw(lists));
    return samples.map((sample) => {
      const figures = sample[0]?.repeats[0]?.length ?? 0;
      const sums = new Array<number>(figures).fill(0);
      for (const list of drawn) {
        const repeats = sample[list]?.repeats ?? [];
        for (let count = 0; count < repeats.length; count += 1) {
          const repeat = repeats[draw(repeats.length)] ?? [];
          for (let index = 0; index < figures; index += 1) {
            sums[index] = (sums[index] ?? 0) + (repeat[index] ?? Number.NaN) / repeats.length;
          }
        }
      }
      return sums.map((sum) => sum / lists);
    });
  });
}

/** Mean over the job lists of the means over their repeats, for each figure. */
export function meanOverLists(sample: Sample<Figures>): number[] {
  const figures = sample[0]?.repeats[0]?.length ?? 0;
  return Array.from({ length: figures }, (_, index) =>
    sample.reduce((sum, { repeats }) => {
      const own = repeats.reduce((total, repeat) => total + (repeat[index] ?? Number.NaN), 0);
      return sum + own / repeats.length / sample.length;
    }, 0),
  );
}
