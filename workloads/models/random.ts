import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { Failure } from "../../base/failure";

/**
 * Each of these is drawn from a stream of its own, so that another rule for one does not change the
 * others.
 */
const streams = ["gaps", "sizes", "runs", "users", "estimates"] as const;
export type Stream = (typeof streams)[number];

/** Uniform on [0, 1). */
export type Uniform = () => number;

/**
 * One generator for each stream, 2^64 draws apart. Throws Failure unless the seed is a whole number
 * of 32 bits. With `Math.log` and `Math.exp` as the only functions of the draws that are not exact,
 * which V8 computes in software, a seed gives the same jobs on every machine.
 */
export function randomStreams(seed: number): Readonly<Record<Stream, Uniform>> {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new Failure(`seed ${seed}: expected a whole number from 0 to ${0xffffffff}`);
  }
  const generator = xoroshiro128plus(seed);
  const make = (): Uniform => {
    // Jumps before the first draw too: this mixes the seed, since the first draws of different seeds
    // are nearly equal.
    generator.jump();
    const own = generator.clone();
    return () => uniformFloat64(own);
  };
  const made = streams.map((name) => [name, make()] as const);
  return Object.fromEntries(made) as Record<Stream, Uniform>;
}

/** Exponential with this mean. */
export function exponential(uniform: Uniform, mean: number): number {
  return -mean * Math.log(1 - uniform());
}

/** Standard normal: Marsaglia's polar method, of which one of two values is used. */
export function normal(uniform: Uniform): number {
  for (;;) {
    const x = 2 * uniform() - 1;
    const y = 2 * uniform() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

/**
 * Gamma with shape ≥ 1 and this scale: its mean is shape · scale.
 * Source: Marsaglia, Tsang, ACM TOMS 26(3), 2000.
 */
export function gamma(uniform: Uniform, shape: number, scale: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(uniform);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (Math.log(1 - uniform()) < (x * x) / 2 + d * (1 - v + Math.log(v))) return d * v * scale;
  }
}
