import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * The order of the runs of `count` tuples: one block for each repeat, with the tuple's indices in a random
 * order of its own. A slow drift of the host then touches all tuples alike (randomised complete blocks:
 * Fisher, The Design of Experiments, 1935). The same seed gives the same order; blocks are shuffled as
 * Durstenfeld, CACM 7(7), 1964 does it.
 */
export function blockOrder(count: number, repeats: number, seed: number): number[][] {
  const generator = xoroshiro128plus(seed);
  // Mixes the seed: the first draws of different seeds are nearly equal.
  generator.jump();
  return Array.from({ length: repeats }, () => {
    const block = Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last -= 1) {
      const other = uniformInt(generator, 0, last);
      const held = block[last] ?? 0;
      block[last] = block[other] ?? 0;
      block[other] = held;
    }
    return block;
  });
}
