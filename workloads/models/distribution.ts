import { Failure } from "../../base/failure";
import { exponential, normal, type Uniform } from "./random";

/** A distribution of positive numbers, given by hand. `weights` need not sum to 1. */
export type Distribution =
  | { readonly kind: "constant"; readonly value: number }
  /** Whole numbers from low to high, all equally likely. */
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "exponential"; readonly mean: number }
  /** Mean and deviation of the natural logarithm. */
  | { readonly kind: "lognormal"; readonly mu: number; readonly sigma: number }
  | {
      readonly kind: "choice";
      readonly values: readonly number[];
      readonly weights: readonly number[];
    };

export function draw(distribution: Distribution, uniform: Uniform): number {
  switch (distribution.kind) {
    case "constant":
      return distribution.value;
    case "uniform": {
      const { low, high } = distribution;
      return low + Math.floor(uniform() * (high - low + 1));
    }
    case "exponential":
      return exponential(uniform, distribution.mean);
    case "lognormal":
      return Math.exp(distribution.mu + distribution.sigma * normal(uniform));
    case "choice":
      return choose(distribution.values, distribution.weights, uniform);
  }
}

function choose(values: readonly number[], weights: readonly number[], uniform: Uniform): number {
  let left = uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return values[index] ?? 0;
  }
  return values.at(-1) ?? 0;
}

export const distributionForms =
  "constant:V, uniform:LOW:HIGH, exponential:MEAN, lognormal:MU:SIGMA or choice:V=WEIGHT,V=WEIGHT…";

/** Parses one of `distributionForms`. Throws Failure. */
export function parseDistribution(text: string): Distribution {
  const [kind = "", ...parts] = text.split(":");
  const distribution = build(kind, parts);
  if (distribution === null || !isValid(distribution)) {
    throw new Failure(`"${text}" is no distribution; expected ${distributionForms}`);
  }
  return distribution;
}

function build(kind: string, parts: readonly string[]): Distribution | null {
  if (kind === "choice" && parts.length === 1) {
    const pairs = (parts[0] ?? "").split(",").map((pair) => pair.split("="));
    if (pairs.some(({ length }) => length !== 2)) return null;
    const column = (index: number) => pairs.map((pair) => amount(pair[index]));
    return { kind, values: column(0), weights: column(1) };
  }
  const [first, second] = parts.map(amount);
  if (first !== undefined && parts.length === 1) {
    if (kind === "constant") return { kind, value: first };
    if (kind === "exponential") return { kind, mean: first };
  }
  if (first !== undefined && second !== undefined && parts.length === 2) {
    if (kind === "uniform") return { kind, low: first, high: second };
    if (kind === "lognormal") return { kind, mu: first, sigma: second };
  }
  return null;
}

/** NaN for what is not a number, which `isValid` refuses. */
function amount(text = ""): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

function isValid(distribution: Distribution): boolean {
  const positive = (value: number) => value > 0 && value < Number.POSITIVE_INFINITY;
  switch (distribution.kind) {
    case "constant":
      return positive(distribution.value);
    case "uniform": {
      const { low, high } = distribution;
      return Number.isSafeInteger(low) && Number.isSafeInteger(high) && low >= 1 && high >= low;
    }
    case "exponential":
      return positive(distribution.mean);
    case "lognormal":
      return Number.isFinite(distribution.mu) && positive(distribution.sigma);
    case "choice":
      return distribution.values.every(positive) && distribution.weights.every(positive);
  }
}

/** The text that `parseDistribution` reads. */
export function distributionText(distribution: Distribution): string {
  switch (distribution.kind) {
    case "constant":
      return `constant:${distribution.value}`;
    case "uniform":
      return `uniform:${distribution.low}:${distribution.high}`;
    case "exponential":
      return `exponential:${distribution.mean}`;
    case "lognormal":
      return `lognormal:${distribution.mu}:${distribution.sigma}`;
    case "choice": {
      const { values, weights } = distribution;
      return `choice:${values.map((value, index) => `${value}=${weights[index]}`).join(",")}`;
    }
  }
}
