import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

export const faultKinds = [
  "runner killed",
  "up killed",
  "daemon killed",
  "connections cut",
  "controller frozen",
  "link down",
  "node killed",
  "disk full",
  "store locked",
  "second harness",
  "interrupted",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** When a fault strikes: so long after the harness was started, or when so many jobs were due. */
export type Moment =
  | { readonly kind: "started"; readonly seconds: number }
  | { readonly kind: "due"; readonly jobs: number };

export interface Round {
  /** From 1. */
  readonly number: number;
  readonly fault: FaultKind;
  readonly moment: Moment;
  /** How long the fault lasts, where it lasts. */
  readonly seconds: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Jobs of the workload. */
  readonly jobs: number;
  readonly kinds?: readonly FaultKind[];
  /** Longest time of a fault that lasts. */
  readonly longestSeconds?: number;
}

/** The share of rounds whose fault strikes before the first job is due, in set-up and warm-up. */
const EARLY_SHARE = 0.15;
const SET_UP_SECONDS = 6;
const SHORTEST_SECONDS = 5;
const LONGEST_SECONDS = 90;

/**
 * Rounds of faults in random order at random moments. A seed gives the same rounds each time; every
 * kind of fault comes up equally often, but for the remainder.
 */
export function planRounds({ seed, rounds, jobs, ...options }: PlanOptions): Round[] {
  const kinds = options.kinds ?? faultKinds;
  const longest = options.longestSeconds ?? LONGEST_SECONDS;
  const generator = xoroshiro128plus(seed);
  // The first draws of seeds that are nearly equal are nearly equal, too.
  generator.jump();
  const shuffled = <T>(values: readonly T[]): T[] => {
    const left = [...values];
    return values.flatMap(() => left.splice(uniformInt(generator, 0, left.length - 1), 1));
  };
  const turns = Math.ceil(rounds / kinds.length);
  const order = Array.from({ length: turns }, () => shuffled(kinds))
    .flat()
    .slice(0, rounds);
  return order.map((fault, index) => {
    const early = uniformFloat64(generator) < EARLY_SHARE;
    const seconds = uniformFloat64(generator) * SET_UP_SECONDS;
    const due = uniformInt(generator, 1, jobs);
    return {
      number: index + 1,
      fault,
      moment: early ? { kind: "started", seconds } : { kind: "due", jobs: due },
      seconds: uniformInt(generator, Math.min(SHORTEST_SECONDS, longest), longest),
    };
  });
}
